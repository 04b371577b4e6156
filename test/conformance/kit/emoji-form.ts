/** The form by which a custom emoji is made. */
export function emojiForm(name: string, creatorId: string, picture: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.append('image', new Blob([picture], { type: 'image/png' }), 'emoji.png');
  form.append('emoji', JSON.stringify({ name, creator_id: creatorId }));
  return form;
}
