/**
 * The program that plays Redis where no real one can be had; started by redis.ts as `node js-redis.ts PORT`.
 * Not a module to import: it changes `listen` for its whole process, since js-redis-server binds
 * every address of the machine and has no option for it.
 */
import { Server } from 'node:net'
import { createRedisServer } from 'js-redis-server'

// oxlint-disable-next-line typescript/unbound-method -- the proxy hands `this` on
Server.prototype.listen = new Proxy(Server.prototype.listen, {
  apply: (listen, server, [port]) => Reflect.apply(listen, server, [port, '127.0.0.1']),
})

await createRedisServer({ port: Number(process.argv[2]) })
