export { MismatchError } from './mismatch.js';
export type { Mismatch } from './mismatch.js';
export { answerSchema, eventSchema, modelSchema } from './schemas.js';
export type { Models } from './generated/models.js';
export type { Validator } from '../models/validator.js';
export { validator } from './validator.js';
export type { ValidatorOptions } from './validator.js';
