import { createRest, UsersApi } from 'matterstream/api';
import { createStreams } from 'matterstream/streams';

// What a browser app takes that lists people and follows events, typing, sessions and presence.
console.log(createRest, UsersApi, createStreams);
