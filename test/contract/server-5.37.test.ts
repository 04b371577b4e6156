import { describeLikeness } from './server-contract.js';

describeLikeness('5.37');
