import { openEmbedded } from './embedded.js';
import { conformance } from './suite.js';

conformance('embedded 5.37', () => openEmbedded('5.37'));
