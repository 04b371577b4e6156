import { isApiError, isMattermostError } from 'matterstream/models';

console.log(isApiError, isMattermostError);
