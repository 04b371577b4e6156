import { createRest, UsersApi } from 'matterstream/api';

console.log(createRest, UsersApi);
