namespace Tributary.Rounds;

/// <summary>The limits and times of a silo. What happens when a limit is reached is said at each.</summary>
public sealed class RoundOptions
{
    /// <summary>Where others reach this silo; shown in the cluster's table.</summary>
    public string Address { get; set; } = "";

    /// <summary>
    /// True for the only silo of its database: it joins when no other lives, and takes all partitions at its start.
    /// False
    /// for one of several: it owns what it is told to take.
    /// </summary>
    public bool IsAlone { get; set; } = true;

    /// <summary>
    /// True when an incarnation that was declared dead is followed by another, which takes what the silo was told to
    /// hold. False: the silo has ended then.
    /// </summary>
    public bool Rejoins { get; set; } = true;

    /// <summary>
    /// How often a silo looks for calls that others have left for its partitions, when nobody tells it to; never while
    /// it
    /// owns all partitions.
    /// </summary>
    public TimeSpan DeferredPollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>JSON pointers whose values the index holds, each once; whoever makes messages extracts them.</summary>
    public IReadOnlyList<string> IndexedPaths { get; set; } = [];

    /// <summary>Calls that may wait in the inbox; further ones are refused as overloaded.</summary>
    public int MaxWaitingCallsCount { get; set; } = 50_000;

    /// <summary>Bytes of arguments that may wait in the inbox; further calls are refused as overloaded.</summary>
    public long MaxWaitingBytes { get; set; } = 256L << 20;

    /// <summary>What a refused caller is told to wait.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the caller of a reference waits for its turn unless the method has a <c>[ResponseTimeout]</c>; then the
    /// call is dropped.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Inputs of one round; when reached, the round waits for the commit before it.</summary>
    public int MaxRoundInputsCount { get; set; } = 8_192;

    /// <summary>
    /// Bytes of arguments, results and records of one round; when reached, the round waits for the commit before it.
    /// </summary>
    public long MaxRoundBytes { get; set; } = 32L << 20;

    /// <summary>How long turns of one round run when no commit is under way; then the round is committed.</summary>
    public TimeSpan MaxRoundTime { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Messages of one round, and entries of the failure feed; below the 65,536 that positions allow, so that the turns
    /// of the last input fit.
    /// </summary>
    public int MaxRoundMessagesCount { get; set; } = 60_000;

    /// <summary>Messages that one turn may append; a turn that appends more fails.</summary>
    public int MaxTurnMessagesCount { get; set; } = 1_000;

    /// <summary>Calls that follow from one input within a round; further ones go on in the next round.</summary>
    public int MaxChainedCallsCount { get; set; } = 1_000;

    /// <summary>Grains kept in memory when they are durable; beyond, the least recently used leave.</summary>
    public int MaxActivationsCount { get; set; } = 100_000;

    /// <summary>External ids kept in memory when they are durable; beyond, the oldest leave.</summary>
    public int MaxExternalIdsCount { get; set; } = 100_000;

    /// <summary>States and external ids of one load; further ones go into the next.</summary>
    public int MaxLoadCount { get; set; } = 8_192;

    /// <summary>Reminders kept in memory; beyond, the later ones stay on disk only.</summary>
    public int MaxRemindersCount { get; set; } = 20_000;

    /// <summary>
    /// Held calls or reminders that a silo looks at together when it begins; further ones follow when these have had
    /// their turns.
    /// </summary>
    public int MaxHeldReadCount { get; set; } = 1_000;

    /// <summary>How far ahead reminders are read into memory.</summary>
    public TimeSpan ReminderWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Activities that run at once; further ones wait.</summary>
    public int MaxActivitiesCount { get; set; } = 64;

    /// <summary>
    /// Activities that are due and wait in memory for their start; further ones stay where they are, in the end on disk
    /// only.
    /// </summary>
    public int MaxWaitingActivitiesCount { get; set; } = 1_000;

    /// <summary>Results of activities that wait for their turns; when reached, no further activity starts.</summary>
    public int MaxWaitingResultsCount { get; set; } = 1_000;

    /// <summary>
    /// Bytes of such results, as far as they say what they hold (<see cref="INeeds.SizeBytes"/>); when reached, no
    /// further activity starts.
    /// </summary>
    public long MaxWaitingResultBytes { get; set; } = 64L << 20;

    /// <summary>
    /// Objects kept in memory that turns handed over to activities which have not started; further ones are dropped,
    /// and their activities read back what they need.
    /// </summary>
    public int MaxLocalHandOversCount { get; set; } = 4_096;

    /// <summary>
    /// Bytes of such objects: a message's body, what <see cref="INeeds.SizeBytes"/> says, or 256; further ones are
    /// dropped.
    /// </summary>
    public long MaxLocalHandOverBytes { get; set; } = 64L << 20;

    /// <summary>How long the silo's row may stand still before others declare it dead.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The first wait before a store operation that failed is tried again; doubles up to <see cref="MaxRetryDelay"/>.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    internal Backoff Retries => new(RetryDelay, MaxRetryDelay);

    /// <summary>How long calls wait for a store that does not answer; then they are refused until it does.</summary>
    public TimeSpan MaxStoreWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Shares of the classes calls, reads, reminders and bulk when all have work waiting.</summary>
    public IReadOnlyList<int> ClassWeights { get; set; } = [8, 4, 4, 2];

    /// <summary>An idle silo commits an empty round this often.</summary>
    public TimeSpan Heartbeat => Lease / 4;
}
