using System.Text.Json;
using System.Text.Json.Serialization;
using Tributary.Replays;

namespace Tributary.Grains.Replays;

/// <summary>The stored state of the replays of one name.</summary>
/// <param name="Replays">By generation; at most <see cref="ReplayGrain.MaxKeptCount"/>.</param>
public sealed record ReplayState(IReadOnlyList<ReplayProgress> Replays)
{
    public static ReplayState Never { get; } = new([]);

    /// <summary>Fields that a newer version wrote; they survive a rewrite.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }

    [JsonIgnore]
    public ReplayProgress? Running => Replays.FirstOrDefault(static replay => replay.Status == ReplayStatus.Running);

    public ReplayProgress? Find(int generation) => Replays.FirstOrDefault(replay => replay.Generation == generation);

    /// <summary>
    /// The state with this progress; beyond <paramref name="maxKept"/> the oldest generations' progress is forgotten.
    /// </summary>
    public ReplayState With(ReplayProgress progress, int maxKept) =>
        this with
        {
            Replays =
            [
                .. Replays
                    .Where(replay => replay.Generation != progress.Generation)
                    .Append(progress)
                    .OrderBy(static replay => replay.Generation)
                    .TakeLast(maxKept),
            ],
        };
}
