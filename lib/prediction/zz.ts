import { cohortScripts, contaminantKinds } from "#lib/simulator/cohort.ts";
import { runBatch, visiblyLostAt, perceptibleAt } from "#lib/simulator/run-batch.ts";
import { quarterHours, rawRow } from "#lib/simulator/quarter-hours.ts";
import { mulberry32 } from "#lib/simulator/random.ts";
import { batchFeatures } from "#lib/prediction/whole-batch.ts";
import { trainForest, forestDetector, rawLimitDetector, featureLimitDetector, calibrate } from "#lib/prediction/detector.ts";
import { evaluateDetector } from "#lib/prediction/evaluate.ts";
import { batchMaximum } from "#lib/prediction/threshold.ts";
import { persistence } from "#lib/prediction/risk.ts";
const hist=(s:any)=>{const run=runBatch(s);const q=quarterHours(run);const c=s.events.find((e:any)=>e.type==="contamination");
 return {features:batchFeatures(q),raw:q.ph.map((_,i)=>rawRow(q,i)),lookAlikes:s.events.filter((e:any)=>e.type!=="contamination").map((e:any)=>e.type),
 contamination:c?{kind:c.kind,onsetH:c.onsetH,perceptibleAtH:perceptibleAt(run)??336,visiblyLostAtH:visiblyLostAt(run)}:null}};
const T=performance.now();
const B=Number(process.argv[2]??7e6);
const tr=cohortScripts({firstSeed:B,count:48,contaminated:false}).map(hist), cal=cohortScripts({firstSeed:B+1e5,count:48,contaminated:false}).map(hist);
const test=[...cohortScripts({firstSeed:B+2e5,count:72,contaminated:false}).map(hist),...cohortScripts({firstSeed:B+3e5,count:36,contaminated:true}).map(hist)];
console.log("sim s",(performance.now()-T)/1000);
const s=(x:any)=>x?`min ${x.min.toFixed(1)} med ${x.median.toFixed(1)} max ${x.max.toFixed(1)}`:"-";
const show=(n:string,d:any,th:number)=>{const p=evaluateDetector(test.map(b=>({...b,scores:d(b)})),{threshold:th,persistence});
 console.log(n,"th",th.toFixed(3),"recall",p.recall.count,p.recall.of,"early",p.beforeVisiblyLost.count,"lead",s(p.hoursBeforeVisiblyLost),"onset",s(p.hoursFromOnset),"FA",p.cleanBatchesWithAlarm.count,p.cleanBatchesWithAlarm.of,"per month",p.falseAlarmsPerReactorMonth.toFixed(2),"eval",p.evaluatedShare.toFixed(3), JSON.stringify(Object.fromEntries(Object.entries(p.perLookAlike).map(([k,v])=>[k,v.count+"/"+v.of]))));};
for(const ss of [256,512]){const f=forestDetector(trainForest(tr,{trees:100,sampleSize:ss},mulberry32(20)));
 const m=cal.map(b=>batchMaximum(f(b),persistence)!).sort((a,b)=>b-a);console.log(m.slice(0,8).map(x=>x.toFixed(3)).join(" "),"med",m[24]!.toFixed(3));
 show("forest"+ss,f,calibrate(f,cal,{persistence,falseAlarms:.005}));}
const r=rawLimitDetector(tr);show("raw3",r,3);show("rawk",r,calibrate(r,cal,{persistence,falseAlarms:.005}));
const q=featureLimitDetector(tr);show("feat3",q,3);show("featk",q,calibrate(q,cal,{persistence,falseAlarms:.005}));
console.log("s",(performance.now()-T)/1000);
const f=forestDetector(trainForest(tr,{trees:100,sampleSize:256},mulberry32(20)));
for(const b of test.filter(b=>b.contamination).slice(0,18)){const sc=f(b);const L=Math.round((b.contamination!.visiblyLostAtH??336)*4);console.log(b.contamination!.kind.slice(0,6),[-48,-40,-32,-24,-16,-12,-8,-4,-2,0,4].map(d=>sc[L+d]?.toFixed(2)??"-").join(" "),"max",batchMaximum(sc,persistence)?.toFixed(3));}
const types=new Map<string,number[]>();for(const b of test.filter(b=>!b.contamination)){const m=batchMaximum(f(b),persistence)!;for(const t of b.lookAlikes){types.set(t,[...(types.get(t)??[]),m]);}}
for(const [t,m] of types)console.log(t.padEnd(20),m.sort((a,b)=>b-a).map(x=>x.toFixed(2)).join(" "));
