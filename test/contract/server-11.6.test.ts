import { describeLikeness } from './server-contract.js';

describeLikeness('11.6');
