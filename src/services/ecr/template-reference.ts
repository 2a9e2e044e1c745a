import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { templateNotFound } from './errors.ts';
import { type CreationTemplateRecord, creationTemplates, repositoryKey } from './tables.ts';

/** Throws TemplateNotFoundException. */
export function templateNamed(reader: Reader, scope: Scope, prefix: string): CreationTemplateRecord {
  const template = reader.get(creationTemplates, repositoryKey(scope, prefix));
  if (!template) throw templateNotFound(prefix.slice(0, 256), scope.accountId);
  return template;
}
