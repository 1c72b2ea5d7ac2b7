// The states of 6.1. Apart from the texts themselves nothing here depends on the version, so what asks for the file
// alone, an option or other names is shared out between the two versions.

import { stateTests } from './state-suite.ts';

stateTests('6.1', { renamed: ['D'], alone: ['F'], withOption: ['C'] });
