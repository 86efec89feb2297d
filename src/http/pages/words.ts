interface Message {
  readonly title: string
  readonly text: string
}

/** All that the pages say, in one language. */
export interface Words {
  readonly root: Message
  readonly confirmed: Message
  /** A link that has been used or has expired: what to do about it depends on what it was for. */
  readonly deadLink: {
    readonly title: string
    readonly confirm: string
    readonly resetPassword: string
    readonly undoEmail: string
  }
  readonly email: string
  readonly sendLink: string
  readonly sent: Message
  readonly choose: {
    readonly title: string
    readonly label: string
    readonly hint: string
    readonly button: string
    readonly empty: string
    /** With `{max}` where the number goes. */
    readonly tooLong: string
    /** The rule, and what is said of a shorter one; with `{min}` where the number goes. */
    readonly atLeast: string
    readonly common: string
    readonly personal: string
    readonly breached: string
    readonly refused: string
  }
  readonly chosen: Message
  readonly undo: Message & { readonly button: string }
  readonly undone: Message
  readonly failed: {
    readonly title: string
    readonly request: string
    readonly missing: string
    readonly busy: string
    readonly ours: string
  }
}
