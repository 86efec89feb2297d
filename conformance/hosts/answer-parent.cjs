'use strict'

/** Lets the parent process call these operations by name; each takes one argument and may be asynchronous. */
module.exports = function answerParent(operations) {
  process.on('message', ({ id, operation, argument }) => {
    Promise.resolve(argument)
      .then(operations[operation])
      .then(
        (value) => process.send({ id, value }),
        (error) => process.send({ id, error: error.stack || String(error) }),
      )
  })
  process.on('disconnect', () => process.exit())
}
