/** Whether the error id of a 401 means that the session is dead; with other ids only this request is refused: protocol §5.4. */
export function isDeadSession(errorId: string): boolean {
  return /^api\.context\.(session_expired\.app_error|invalid_token\.error)$/.test(errorId);
}
