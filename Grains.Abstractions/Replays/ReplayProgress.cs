using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tributary.Replays;

/// <summary>Where a replay stands.</summary>
public enum ReplayStatus
{
    Running,

    /// <summary>Every stored message that belongs to the generation is counted in it.</summary>
    Completed,

    /// <summary>
    /// All messages were looked at, and some failed: see <see cref="ReplayProgress.Failed"/>. Started again, it tries
    /// these once more.
    /// </summary>
    Incomplete,

    /// <summary>Stopped on demand; it can go on.</summary>
    Cancelled,

    /// <summary>It cannot go on as the server is configured now: see <see cref="ReplayProgress.Error"/>.</summary>
    Failed,
}

/// <summary>How far one generation is built.</summary>
[GenerateSerializer, Immutable, Alias("tributary.replay-progress")]
public sealed record ReplayProgress
{
    /// <summary>The id of the generation.</summary>
    [Id(0)]
    public int Generation { get; init; }

    [Id(1)]
    public ReplayStatus Status { get; init; }

    /// <inheritdoc cref="ReplayRequest.FromMs"/>
    [Id(2)]
    public long? FromMs { get; init; }

    /// <inheritdoc cref="ReplayRequest.ToMs"/>
    [Id(3)]
    public long? ToMs { get; init; }

    /// <summary>The position of the last message that was looked at.</summary>
    [Id(4)]
    public long Cursor { get; init; }

    /// <summary>How many messages there are to look at, as known so far.</summary>
    [Id(5)]
    public long TotalCount { get; init; }

    /// <summary>How many were looked at.</summary>
    [Id(6)]
    public long SeenCount { get; init; }

    /// <summary>
    /// How many of these the replay counted; the others were counted as they came, lie outside the bounds, or do not
    /// belong here.
    /// </summary>
    [Id(7)]
    public long CountedCount { get; init; }

    /// <summary>The messages that failed; at most as many as the options of replays allow.</summary>
    [Id(8)]
    public IReadOnlyList<FailedReplay> Failed
    {
        get;
        init => field = Lists.Array(value);
    } = [];

    [Id(9)]
    public DateTimeOffset StartedAt { get; init; }

    [Id(10)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it stands still or ended; null while it goes on.</summary>
    [Id(11)]
    public string? Error { get; init; }

    /// <summary>The number of the last activity: a result of another one is late.</summary>
    [Id(12)]
    public int Attempt { get; init; }

    /// <summary>How many activities failed since the last that did not.</summary>
    [Id(13)]
    public int Failures { get; init; }

    /// <summary>Fields that a newer version wrote; they survive a rewrite of the state, and do not travel.</summary>
    [JsonExtensionData]
    [field: NonSerialized]
    public IDictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A message that could not be run again.</summary>
/// <param name="Error">A code, a colon and a sentence.</param>
/// <param name="Tries">How often it was tried since the replay was started.</param>
[GenerateSerializer, Immutable, Alias("tributary.failed-replay")]
public sealed record FailedReplay(Guid Message, string Error, int Tries = 0);
