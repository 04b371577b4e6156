import { createClient } from 'matterstream';

console.log(createClient);
