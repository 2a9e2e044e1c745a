/** Whether an image lies in an Amazon ECR private registry, whose pulls need credentials. */
export function isEcrImage(image: string): boolean {
  return /^[0-9]{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//.test(image);
}

/** Letters, digits and `-_:./#`, at most 255 of them, then perhaps a SHA-256 digest. */
export function isImageReference(image: string): boolean {
  const [name = '', digest, ...rest] = image.split('@');
  return (
    rest.length === 0 &&
    /^[A-Za-z0-9_:./#-]{1,255}$/.test(name) &&
    (digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest))
  );
}
