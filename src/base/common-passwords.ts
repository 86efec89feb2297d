let list: Promise<ReadonlySet<string>> | undefined

/**
 * The 49,000 passwords that leaked most often, in lower case (`@zxcvbn-ts/language-common`). Read when first asked for:
 * they take some 20 MB.
 */
export function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  list ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  )
  return list
}
