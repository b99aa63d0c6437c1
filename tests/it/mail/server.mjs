// A mail server. Prints its port, then every letter it takes, as lines of JSON.
//
//   node server.mjs '{"user": …, "password": …, "tls": "implicit" | "starttls", "key": …, "cert": …, "port": …}'
//
// It refuses those whose address begins with `gone`, and puts off those with `later`.

import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const { user, password, tls, key, cert, port } = JSON.parse(process.argv[2]);
const tell = (line) => console.log(JSON.stringify(line));

function refusal(code, message) {
  return Object.assign(new Error(message), { responseCode: code });
}

const server = new SMTPServer({
  secure: tls === 'implicit',
  ...(key && { key, cert }),
  disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(user ? [] : ['AUTH'])],
  allowInsecureAuth: !tls,
  authOptional: !user,
  onAuth: (auth, session, done) =>
    auth.username === user && auth.password === password ? done(null, { user }) : done(refusal(535, 'who?')),
  onRcptTo: ({ address }, session, done) => {
    if (address.startsWith('gone')) {
      return done(refusal(550, `no such mailbox: ${address}`));
    }
    return done(address.startsWith('later') ? refusal(451, `not now: ${address}`) : null);
  },
  onData: async (stream, { envelope, user, secure }, done) => {
    const raw = Buffer.concat(await stream.toArray());
    const { from, to, subject, text, messageId, headers } = await PostalMime.parse(raw);
    const type = headers.find(({ key }) => key === 'content-type').value;
    const names = headers.map(({ key }) => key).sort();
    const recipients = envelope.rcptTo.map(({ address }) => address);
    tell({ sender: envelope.mailFrom.address, recipients, from, to, subject, text, messageId, type, names, user, secure });
    done();
  },
});
server.on('error', (error) => console.error(String(error)));
server.listen(port ?? 0, '127.0.0.1', () => tell({ port: server.server.address().port }));
// It ends with whoever started it.
process.stdin.on('end', () => process.exit(0)).resume();
