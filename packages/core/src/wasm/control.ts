/*
 * The words by which the threads of an engine agree on who does what, in memory that all see. A job is cut into chunks;
 * whoever has time claims the next. The claim word holds the job's number beside that of the next chunk, so that a
 * thread that wakes late, when another job is on, notices: what it got is a chunk of the old one, and there is none.
 */

/** The number of the job: threads sleep on it. */
export const JOB = 0;
/** How many threads sleep, or are about to. */
export const SLEEPERS = 1;
/** The claim word: the job's number, and in the low bits the next chunk. */
export const NEXT = 2;
/** The job's number, and in the low bits how many chunks it has. */
export const COUNT = 3;
/** How many chunks are done. */
export const DONE = 4;
/** Which function the job calls: its place among the module's exports. */
export const FUNCTION = 5;
/** Where the words of the job are in memory. */
export const ARGS = 6;
/** Where the scratch memory of the first thread is, and how many bytes each has. */
export const SCRATCH = 7;
export const SCRATCH_BYTES = 8;
/** How many workers are ready. */
export const READY = 9;
/** From here on, one word a chunk: the number of the last job in which it was done. */
export const CHUNK = 16;

/** Bits of a word for the number of a chunk; the job's number has the others. */
export const SHIFT = 11;
/** Most chunks of a job: half of what the bits can count, since every thread claims once or twice in vain. */
export const MOST_CHUNKS = 2 ** (SHIFT - 1);
/** Job numbers start again after this one. */
export const LAST_JOB = 2 ** (31 - SHIFT) - 1;
