export { createRest } from './rest.js';
export type { RestClient } from './rest.js';
export type { CallRecord, RestOptions } from './rest-options.js';
export type { RestOutcome } from '../models/rest-outcome.js';
export { createSupports } from './supports.js';
export type { Supports } from './supports.js';
export { Call, Single } from './call.js';
export type { ApiResponse, BinaryInput, ProgressEvent } from './call.js';
export type { CallOptions, RetryOptions } from './call-options.js';
export { PagedCall } from './paged-call.js';
export type { LazyStream } from './page-walk.js';
export type { Rest } from './group-rest.js';
export type { HttpMethod, Operation, OperationFacts, PagingKind } from './operation.js';
export { cookieAuth } from './auth/cookie.js';
export { tokenAuth } from './auth/token.js';
export type { Credential, CredentialSource } from '../models/credential.js';
export type { AuthOptions, AuthStrategy, PasswordOptions, TokenOptions, ValueOrSource } from './auth/strategy.js';
export { crossFetchTransport } from './http/transports/cross-fetch.js';
export { fetchTransport } from './http/transports/fetch.js';
export type { FetchLike } from './http/transports/fetch.js';
export { xhrTransport } from './http/transports/xhr.js';
export { undiciTransport } from '#transport';
export type { UndiciTransportOptions } from '#transport';
export type {
  HttpEvent,
  HttpHandler,
  HttpProgress,
  HttpRequest,
  HttpResponse,
  Interceptor,
  Transport,
} from './http/types.js';
export { resumableDownload } from './files/resumable-download.js';
export type { Download, ResumableDownloadOptions } from './files/resumable-download.js';
export { resumableUpload } from './files/resumable-upload.js';
export type { ResumableUploadCalls, ResumableUploadOptions, ResumeOptions } from './files/resumable-upload.js';
export type { FileSource } from './files/source.js';
export { streamRows } from './files/stream-rows.js';
export { Transfer } from './files/transfer.js';
export type { TransferEvent } from './files/transfer.js';
export { uploadFile } from './files/upload-file.js';
export type { UploadFileCalls, UploadFileOptions } from './files/upload-file.js';
export * from './generated/all-groups.js';
export * from '../models/errors.js';
export type * from '../models/generated/entities.js';
