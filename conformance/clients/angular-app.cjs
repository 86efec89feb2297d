'use strict'

/**
 * A page with AngularJS and the client that loopback-sdk-angular generates, in jsdom, whose XMLHttpRequest really
 * sends. It prints what its calls come to, a line each. Usage: node angular-app.cjs URL
 */
const { readFileSync } = require('node:fs')
const { JSDOM } = require('jsdom')
const generator = require('loopback-sdk-angular')
const loopback = require('loopback')

const [url] = process.argv.slice(2)

/** The generator reads the methods of a LoopBack application, and knows a user model by its being LoopBack's own. */
function generate() {
  const app = loopback()
  app.set('restApiRoot', '/api')
  app.dataSource('db', { connector: 'memory' })
  for (const name of ['User', 'AccessToken']) {
    app.model(loopback[name], { dataSource: 'db', public: name === 'User' })
  }
  return generator.services(app, { ngModuleName: 'lbServices', apiUrl: url })
}

const { window } = new JSDOM('<!doctype html>', { url: new URL('/', url).href, runScripts: 'outside-only' })
for (const script of [
  readFileSync(require.resolve('angular/angular.js'), 'utf8'),
  readFileSync(require.resolve('angular-resource/angular-resource.js'), 'utf8'),
  generate(),
])
  window.eval(script)
window.angular.module('page', ['lbServices']).config([
  '$httpProvider',
  ({ interceptors }) => {
    interceptors.push('LoopBackAuthRequestInterceptor')
  },
])
const injector = window.angular.injector(['ng', 'page'])
const User = injector.get('User')
const newcomer = { email: 'new@example.com', password: 'opensesame', username: 'new' }

const calls = {
  create: () => User.create(newcomer),
  'create again': () => User.create(newcomer),
  'login with a wrong password': () => User.login({ email: newcomer.email, password: 'wrong' }),
  login: () => User.login({ email: newcomer.email, password: newcomer.password }),
  getCurrent: () => User.getCurrent(),
  'findById of oneself': () => User.findById({ id: 2 }),
  'find without permission': () => User.find(),
  'patch attributes': () => User.prototype$patchAttributes({ id: 2 }, { age: 31 }),
  changePassword: () => User.changePassword({ oldPassword: 'wrong', newPassword: 'newsecret' }),
  'reset password': () => User.resetPassword({ email: 'new@example.com' }),
  logout: () => User.logout(),
  'after the logout': () => User.findById({ id: 2 }),
  'login as administrator': () => User.login({ email: 'root@example.com', password: 'opensesame' }),
  'find with a filter': () => User.find({ filter: { where: { username: 'new' }, fields: ['id', 'email'] } }),
  findOne: () => User.findOne({ filter: { where: { email: newcomer.email } } }),
  count: () => User.count({ where: { username: 'new' } }),
  exists: () => User.exists({ id: 2 }),
  'replace or create': () => User.replaceOrCreate({ id: 2, ...newcomer, age: 5 }),
  'delete by id': () => User.deleteById({ id: 2 }),
}

async function main() {
  for (const [name, call] of Object.entries(calls)) {
    const outcome = await Promise.resolve()
      .then(() => call().$promise)
      .then(
        (value) => ({ value }),
        ({ status, data }) => ({ error: { status, data } }),
      )
    console.log(window.angular.toJson({ call: name, ...outcome }))
  }
}

main().then(() => process.exit())
