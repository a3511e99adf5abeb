// Says what iam-simulate decides about requests of a role: one JSON object a line, answered in order with "Allowed", "ImplicitlyDenied",
// or the reason why it can't judge the request, such as a resource of a type that the action does not have.
//
// It runs as a program of its own, and no part of it is in ours.

import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

// What the console writes into the policy of a new key: without it, no other policy grants anything on the key.
const delegated = (account) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
  ],
})

for await (const line of createInterface({ input: process.stdin })) {
  const { document, action, resource, account, context } = JSON.parse(line)
  const response = await runSimulation(
    {
      identityPolicies: [{ name: 'derived', policy: document }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: action.startsWith('kms:') ? delegated(account) : undefined,
      request: {
        action,
        principal: `arn:aws:sts::${account}:assumed-role/role/session`,
        resource: { resource, accountId: account },
        contextVariables: context,
      },
    },
    {},
  )
  console.log(JSON.stringify(response.resultType === 'error' ? response.errors.message : response.overallResult))
}
