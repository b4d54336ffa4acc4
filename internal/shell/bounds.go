package shell

// MaxSteps is how many commands are followed, loops unrolled.
const MaxSteps = 1_200

// MaxOutput is how many bytes one file or output has at most.
const MaxOutput = 16 << 20

// ValueStep is how many bytes of values count as a command, each time they are put in.
const ValueStep = 1 << 10

// writtenStep is how many bytes of files that are written count as a command: each is kept, and compared with what was
// there before.
const writtenStep = 128 << 10
