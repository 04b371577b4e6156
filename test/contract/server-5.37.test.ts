import { known } from './known-differences/5.37.js';
import { describeLikeness } from './server-contract.js';

describeLikeness('5.37', known);
