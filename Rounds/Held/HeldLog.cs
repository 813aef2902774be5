using Microsoft.Extensions.Logging;
using Tributary.Storage.Held;

namespace Tributary.Rounds.Held;

/// <summary>
/// Logs held calls and reminders: one line per grain type and reason when it is first held, and at most one a minute
/// after that. Used by the loop only.
/// </summary>
internal sealed partial class HeldLog(TimeProvider time, ILogger logger)
{
    // Bounds the memory for types that this build does not know; types beyond share a line.
    private const int MaxLinesCount = 100;
    private const string Others = "(others)";

    private static readonly TimeSpan Distance = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string Type, string Code), Line> lines = [];

    /// <summary>A call or reminder was held.</summary>
    public void Note(string type, HeldReason reason)
    {
        var line = LineOf(type, reason);
        line.Count++;
        var now = time.GetTimestamp();
        if (line.SaidAt is { } before && time.GetElapsedTime(before, now) < Distance)
            return;
        line.SaidAt = now;
        LogHeld(line.Count, line.Type, reason.Text);
        line.Count = 0;
    }

    /// <summary>A call or reminder that was held before is held again.</summary>
    /// <param name="isFirst">False when its turn was tried before in this incarnation.</param>
    public void NoteAgain(string type, HeldReason reason, bool isFirst)
    {
        var line = LineOf(type, reason);
        line.Reason = reason.Text;
        line.BeforeCount += isFirst ? 1 : 0;
    }

    /// <summary>Logs how much of the earlier held work is still held.</summary>
    public void Report()
    {
        foreach (var line in lines.Values.Where(line => line.BeforeCount > 0))
        {
            LogStillHeld(line.BeforeCount, line.Type, line.Reason);
            line.BeforeCount = 0;
        }
    }

    private Line LineOf(string type, HeldReason reason)
    {
        var key = lines.Count < MaxLinesCount || lines.ContainsKey((type, reason.Code)) ? (type, reason.Code)
            : (Others, "");
        if (!lines.TryGetValue(key, out var line))
            lines.Add(key, line = new Line(key.Item1));
        return line;
    }

    private sealed class Line(string type)
    {
        public string Type => type;

        public long? SaidAt { get; set; }

        public long Count { get; set; }

        public long BeforeCount { get; set; }

        public string Reason { get; set; } = "";
    }
}
