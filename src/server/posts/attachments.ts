const fields = {
  id: 0,
  fallback: '',
  color: '',
  pretext: '',
  author_name: '',
  author_link: '',
  author_icon: '',
  title: '',
  title_link: '',
  text: '',
  fields: null,
  image_url: '',
  thumb_url: '',
  footer: '',
  footer_icon: '',
  ts: null,
};

/** Completes the message attachments in props as the server stores them: with all fields, and no unknown ones. */
export function withAttachments(props: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { attachments } = props;
  if (!Array.isArray(attachments)) return props;
  const whole = attachments.map((given: Readonly<Record<string, unknown>>) => ({
    ...Object.fromEntries(Object.entries(fields).map(([key, empty]) => [key, given[key] ?? empty])),
    ...(given['actions'] ? { actions: given['actions'] } : {}),
  }));
  return { ...props, attachments: whole };
}
