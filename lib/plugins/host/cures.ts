/** The first Java whose class files have this major version. */
function javaOf(classVersion: number): number {
  return classVersion - 44;
}

/** What a message of Java or a common library asks for, by what it says. Later lines are more general. */
const cures: [pattern: RegExp, cure: string][] = [
  [/HttpClientProvider/, 'The module was put together without its META-INF/services: whoever builds it must merge those files (maven-shade-plugin: ServicesResourceTransformer). Upload the new build then.'],
  [/trustAnchors parameter must be non-empty/, 'Java found no certificates to trust. Check the JVM options on javax.net.ssl.trustStore, or remove them and give the certificate as the extra CA.'],
  [/PKIX path building failed|unable to find valid certification path/, "The backend's certificate comes from an authority that Java does not know. Add that authority's certificate as the extra CA, in PEM."],
  [/No subject alternative|doesn't match any of the subject alternative names|No name matching/, 'The backend’s certificate is for another host name. Use the address that the certificate names.'],
  [/CertificateExpiredException|NotAfter:/, 'The backend’s certificate has expired. Renew it there.'],
  [/UnknownHostException|Name or service not known|Temporary failure in name resolution/, 'The host name of the address is not known here. Check the address for typing errors, and this machine’s name service or proxy.'],
  [/Connection refused/, 'Nothing listens at that address and port. Check both, and that the backend runs.'],
  [/No route to host|Network is unreachable/, 'This machine has no way to that address. Check the network, a firewall, or set the proxy.'],
  [/ClosedChannelException|Connection reset|Unexpected end of file from server|Remote host terminated the handshake/, 'The other side hung up. Check that address and scheme (http or https) fit each other, and the proxy.'],
  [/SocketTimeoutException|Read timed out|[Cc]onnect timed out/, 'The backend did not answer in time. Check the address, a firewall or the proxy, and the socket time-outs.'],
  [/Unsupported or unrecognized SSL message|plaintext connection/, 'The address says https, and the backend answers without TLS. Check scheme and port.'],
  [/\b(401|Unauthorized|invalid_client|AADSTS\d+|permission denied|403|Forbidden)\b/, 'The backend refuses the credentials or what they may do. Check them, their expiry and their rights.'],
  [/\b(503|sealed|Vault is sealed)\b/i, 'The backend is not ready: a sealed Vault must be unsealed first.'],
  [/OutOfMemoryError|Java heap space/, 'Give it a larger heap.'],
  // A contained plugin meets a file of the machine as one that is not there.
  [/NoSuchFileException|FileNotFoundException|AccessDeniedException|Read-only file system/, 'If that file or folder is on this machine: a plugin sees its own folder and what is opened to it. Open the path in the provider’s settings (readable or writable paths); it must be there on the workers too.'],
];

/** What to do about what a plugin said, if that can be told from its words. `java` is the version that the host runs with. */
export function cureFor(message: string, java: string | undefined): string | undefined {
  const classVersion = /class file version (\d+)/.exec(message)?.[1];
  if (classVersion !== undefined) {
    const needed = javaOf(Number(classVersion));
    const have = java === undefined ? '' : ` This one is ${java}.`;
    return `The module was built for Java ${needed}.${have} Install Java ${needed} or later and name it in SECRET_STORE_JAVA, or have the module built for an earlier Java.`;
  }
  return cures.find(([pattern]) => pattern.test(message))?.[1];
}
