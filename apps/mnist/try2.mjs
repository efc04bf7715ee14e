import { createRandom, sub, div } from "@conv/core";
import { digits } from "@conv/data/digits";
import { DataLoader } from "@conv/data";
import * as nn from "@conv/nn";
const {Sequential,Conv2d,ReLU,MaxPool2d,Flatten,Linear,Dropout,Adam,fit,manualSeed}=nn;
const train=await digits({split:"train"}), test=await digits({split:"test"});
async function run(name,{seed=0,epochs=8,c1=8,c2=16,k1=5,h=64,p=0.25,lr=2e-3,bs=32,norm=false,shift=0}){
manualSeed(seed);
const model=new Sequential(new Conv2d(1,c1,k1,{padding:(k1-1)/2}),new ReLU(),new MaxPool2d(2),new Conv2d(c1,c2,3,{padding:1}),new ReLU(),new MaxPool2d(2),new Flatten(),new Linear(c2*49,h),new ReLU(),new Dropout(p),new Linear(h,10));
const transform= norm? ({x,y})=>({x:div(sub(x,0.15),0.28),y}):undefined;
const loader=new DataLoader(train,{batchSize:bs,shuffle:true,random:createRandom(seed),transform});
const testLoader=new DataLoader(test,{batchSize:120,transform});
const t0=performance.now(); let o=name+":";
const opt=new Adam(model.parameters(),{lr});
for await (const s of fit(model,loader,{optimizer:opt,epochs,validate:testLoader})) if(s.validation) o+=" "+(s.validation.accuracy*100).toFixed(1);
console.log(o,((performance.now()-t0)/1000).toFixed(1));
}
const C={base:{},norm:{norm:true},norm3:{norm:true,lr:3e-3},nodrop:{norm:true,p:0},b16:{norm:true,bs:16},k3:{norm:true,k1:3},p5:{norm:true,p:.5,h:128}};
for(const [n,c] of Object.entries(C)) if(!process.argv[2]||process.argv[2].split(",").includes(n)) await run(n,c);
