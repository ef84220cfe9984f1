import { expect, test } from 'vitest';
import { defaultSettings, jvmOptionProblem, layered, parseProxy } from './settings';

test('a provider’s settings win over those for all, and both over the defaults', () => {
  const settings = layered({ heapMb: 128, idleMs: 1 }, { heapMb: 256, proxy: undefined });
  expect(settings).toEqual({ ...defaultSettings, heapMb: 256, idleMs: 1 });
});

test.each(['-Dhttps.protocols=TLSv1.3', '-Djavax.net.ssl.trustStore=/etc/store.p12', '-Djavax.net.ssl.trustStorePassword=a=b c', '-Dflag', '-Xss512k', '-XX:MaxMetaspaceSize=128m', '-XX:+UseG1GC', '--add-opens=java.base/java.lang=ALL-UNNAMED'])('%s is allowed', (option) => {
  expect(jvmOptionProblem(option)).toBeUndefined();
});

test.each(['', '-jar', '-cp', '-Xdebug', '-Xrunjdwp:x', '-javaagent:a.jar', '-agentpath:/lib.so', '-XX:+HeapDumpOnOutOfMemoryError', '-XX:HeapDumpPath=/tmp', '-XX:OnError=sh', '-XX:ErrorFile=/x', '-XX:Flags=/x', '-Xlog:gc:file', '@/etc/args', '-Djava.io.tmpdir=/tmp', '-Djava.system.class.loader=X', '-Dcom.sun.management.jmxremote', '-Duser.home=/root', '-Da=\nb', ' -Da=b', '-Xmx1g', '--module-path=/x'])('%j is refused', (option) => {
  expect(jvmOptionProblem(option)).toMatch(/\w+/);
});

test.each([
  ['proxy.example:3128', { host: 'proxy.example', port: 3128 }],
  ['http://10.0.0.1:80/', { host: '10.0.0.1', port: 80 }],
  ['[::1]:8080', { host: '::1', port: 8080 }],
  ['proxy.example', undefined],
  ['user:password@proxy:80', undefined],
  ['proxy:0', undefined],
  ['proxy:65536', undefined],
  ['-Dx=y:80', undefined],
])('the proxy %s', (text, expected) => {
  expect(parseProxy(text)).toEqual(expected);
});
