namespace Tributary.Rounds;

/// <summary>The limits and times of a silo. Each option says what happens when its limit is reached.</summary>
public sealed class RoundOptions
{
    /// <summary>The address at which other silos and operators reach this silo; stored in the silo's row.</summary>
    public string Address { get; set; } = "";

    /// <summary>
    /// True for the only silo of its database: it joins when no other silo lives, and takes all partitions at its
    /// start. False for one of several silos: it owns the partitions that it is told to take.
    /// </summary>
    public bool IsAlone { get; set; } = true;

    /// <summary>
    /// The id of the cluster that the silo belongs to; null for a silo that belongs to none. The database keeps it, and
    /// refuses silos of other clusters.
    /// </summary>
    public string? ClusterId { get; set; }

    /// <summary>
    /// True: an incarnation that was declared dead is followed by another, which takes the partitions that the silo was
    /// told to hold. False: the silo ends with the incarnation.
    /// </summary>
    public bool Rejoins { get; set; } = true;

    /// <summary>
    /// How often a silo looks for calls that other silos left for its partitions. Those that other silos hand over are
    /// made without a look. A silo that owns all partitions never looks.
    /// </summary>
    public TimeSpan DeferredPollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Calls that may wait in the inbox; further ones are refused as overloaded.</summary>
    public int MaxWaitingCallsCount { get; set; } = 50_000;

    /// <summary>Bytes of arguments that may wait in the inbox; further calls are refused as overloaded.</summary>
    public long MaxWaitingBytes { get; set; } = 256L << 20;

    /// <summary>How long a refused caller is told to wait before it calls again.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the caller of a reference waits for its turn; then the call is dropped. A <c>[ResponseTimeout]</c> on
    /// the method takes precedence.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Inputs of one round; when reached, the round waits for the commit before it.</summary>
    public int MaxRoundInputsCount { get; set; } = 8_192;

    /// <summary>
    /// Bytes of arguments, results and records of one round; when reached, the round waits for the commit before it.
    /// </summary>
    public long MaxRoundBytes { get; set; } = 32L << 20;

    /// <summary>
    /// How long the turns of one round run while no commit is under way; then the round is committed.
    /// </summary>
    public TimeSpan MaxRoundTime { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Messages of one round, and entries of the failure feed; when reached, the round waits for the commit before it.
    /// Below the 65,536 that positions allow, so that the turns of the last input fit.
    /// </summary>
    public int MaxRoundMessagesCount { get; set; } = 60_000;

    /// <summary>Messages that one turn may append; a turn that appends more fails.</summary>
    public int MaxTurnMessagesCount { get; set; } = 1_000;

    /// <summary>
    /// Calls that follow from one input, or one call of a row, within a round; further calls run in the next round.
    /// </summary>
    public int MaxChainedCallsCount { get; set; } = 1_000;

    /// <summary>
    /// Bytes of deferred rows in memory; when reached, the silo takes no hint of a further row, and polls for further
    /// rows when it has made some.
    /// </summary>
    public long MaxDeferredBytes { get; set; } = 64L << 20;

    /// <summary>
    /// Calls of one row that a round leaves for a partition; further calls go into a further row. A row is made in one
    /// round, so that this lies below <see cref="MaxRoundInputsCount"/>.
    /// </summary>
    public int MaxDeferredRowCallsCount { get; set; } = 1_000;

    /// <summary>
    /// Bytes of the arguments of one such row; further calls go into a further row. A single call may be larger.
    /// </summary>
    public int MaxDeferredRowBytes { get; set; } = 1 << 20;

    /// <summary>Durable grains kept in memory; beyond, the least recently used grains leave.</summary>
    public int MaxActivationsCount { get; set; } = 100_000;

    /// <summary>Durable external ids kept in memory; beyond, the oldest leave.</summary>
    public int MaxExternalIdsCount { get; set; } = 100_000;

    /// <summary>States and external ids of one load; further ones go into the next load.</summary>
    public int MaxLoadCount { get; set; } = 8_192;

    /// <summary>Reminders kept in memory; beyond, the reminders that are due later stay on disk only.</summary>
    public int MaxRemindersCount { get; set; } = 20_000;

    /// <summary>
    /// Held calls or reminders that a silo reads as one page after it took their partitions; the next page follows when
    /// these have had their turns.
    /// </summary>
    public int MaxHeldReadCount { get; set; } = 1_000;

    /// <summary>How far ahead reminders are read into memory.</summary>
    public TimeSpan ReminderWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Activities that run at once; further activities wait.</summary>
    public int MaxActivitiesCount { get; set; } = 64;

    /// <summary>
    /// Activities that are due and wait in memory for their start; further activities stay among the reminders, and
    /// beyond those on disk only.
    /// </summary>
    public int MaxWaitingActivitiesCount { get; set; } = 1_000;

    /// <summary>Results of activities that wait for their turns; when reached, no further activity starts.</summary>
    public int MaxWaitingResultsCount { get; set; } = 1_000;

    /// <summary>
    /// Bytes of results that wait for their turns, as far as the results tell their size
    /// (<see cref="INeeds.SizeBytes"/>); when reached, no further activity starts.
    /// </summary>
    public long MaxWaitingResultBytes { get; set; } = 64L << 20;

    /// <summary>
    /// Objects that turns handed over to activities and that stay in memory until the activity starts; further objects
    /// are dropped, and their activities read back what they need.
    /// </summary>
    public int MaxLocalHandOversCount { get; set; } = 4_096;

    /// <summary>
    /// Bytes of these objects: a message counts its body, other objects their <see cref="INeeds.SizeBytes"/>, the rest
    /// 256; further objects are dropped.
    /// </summary>
    public long MaxLocalHandOverBytes { get; set; } = 64L << 20;

    /// <summary>
    /// Four heartbeats. The engine takes only its <see cref="Heartbeat"/> from it: the store decides when a silo is
    /// dead.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The first wait before a store operation that failed is tried again; doubles up to <see cref="MaxRetryDelay"/>.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    internal Backoff Retries => new(RetryDelay, MaxRetryDelay);

    /// <summary>How long calls wait for a store that does not answer; then they are refused until it does.</summary>
    public TimeSpan MaxStoreWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Shares of the loop for the work classes calls, reads, reminders and bulk while all of them have work.
    /// </summary>
    public IReadOnlyList<int> ClassWeights { get; set; } = [8, 4, 4, 2];

    /// <summary>How often an idle silo commits an empty round, so that other silos see its row move.</summary>
    public TimeSpan Heartbeat => Lease / 4;
}
