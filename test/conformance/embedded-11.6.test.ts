import { openEmbedded } from './embedded.js';
import { conformance } from './suite.js';

conformance('embedded 11.6', () => openEmbedded('11.6'));
