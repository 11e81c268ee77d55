import { createTestCa, createTestClock } from '@trustloom/testkit';
import { readCrl, parseBundle, incompleteChains, readCertificate, verifyCrl } from '../src/index.ts';
const clock = createTestClock('2026-11-24T10:00:00Z');
const ca = await createTestCa({ subject: 'CN=Acme', clock });
const t = (l: string, f: () => unknown) => { const s = performance.now(); let r; try { r = f(); } catch (e) { r = (e as {code?:string}).code ?? String(e); } console.log(l, (performance.now()-s).toFixed(0)+'ms', r); };
t('IDP with name only', () => readCrl(ca.issueCrl({ partition: 'http://x/1.crl' }).der).scope);
for (const n of [5000, 10000, 20000]) { const d = readCrl(ca.issueCrl({ entries: Array.from({length:n},()=>({serial:'aabbccddeeff'})) }).der); t('same serial x'+n, () => d.has('1')); }
t('BOM', () => parseBundle('\uFEFF'+ca.pem, 'f').certificates.length);
t('indented', () => parseBundle(ca.pem + ca.pem.replace(/^/gm,'  '), 'f').findings.length);
const big = ca.pem.repeat(3000); t('3000 blocks', () => parseBundle(big,'f').certificates.length);
const bmp = Buffer.from(ca.issueCrl().der); const i = bmp.indexOf(Buffer.from('Acme')); bmp[i-2]=0x1e; bmp[i-1]=3; t('BMP odd', () => readCrl(bmp));
const bmp2 = Buffer.from(ca.issueCrl().der); const k = bmp2.indexOf(Buffer.from('Acme')); bmp2[k-2]=0x1e; t('BMP even', () => readCrl(bmp2).issuer.text);
const nodes = await Promise.all(Array.from({length:9},(_,j)=>createTestCa({subject:'CN=N'+j,key:'P-256',clock})));
const web = (await Promise.all(nodes.flatMap(a=>nodes.filter(b=>b!==a).map(b=>a.crossSign(b))))).map(c=>readCertificate(c.der));
t('web of '+web.length, () => incompleteChains(web).length);
const e5 = Array.from({length:500000},(_,j)=>({serial:(BigInt(j)*0x9e3779b97f4a7c15n+0x51n).toString(16).slice(-32), ...(j%5<3?{reason:'keyCompromise' as const}:{})}));
const L = ca.issueCrl({entries:e5}); const is = readCertificate(ca.der);
for (let r=0;r<3;r++){ t('read 500k', () => readCrl(L.der).entryCount); const c=readCrl(L.der); t('verify', ()=>verifyCrl(c,is)); t('has', ()=>c.has('1')); t('serials',()=>{let n=0; for (const s of c.serials()) n+=s.length; return n;}); }
const { createHash } = await import('node:crypto'); t('sha', ()=>createHash('sha256').update(L.der).digest('hex').length);
const { parseCrl } = await import('../src/index.ts');
t('PEM 500k', () => parseCrl(Buffer.from(L.pem), 'x').entryCount); t('PEM 500k', () => parseCrl(Buffer.from(L.pem), 'x').entryCount);
t('DER parseCrl 500k', () => parseCrl(L.der, 'x').entryCount);
