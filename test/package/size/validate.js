import { validator } from 'matterstream/validate';

console.log(validator);
