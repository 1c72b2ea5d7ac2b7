// The states of 6.12, in which classes are looked up as counted objects and some locks are guards.

import { stateTests } from './state-suite.ts';

stateTests('6.12', { renamed: ['B'], alone: ['B'], withOption: ['B'] });
