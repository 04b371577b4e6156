import { known } from './known-differences/11.6.js';
import { describeLikeness } from './server-contract.js';

describeLikeness('11.6', known);
