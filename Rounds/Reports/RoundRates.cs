namespace Tributary.Rounds.Reports;

/// <summary>The rounds of the last seconds: how many, and how long their commits took. From any thread.</summary>
internal sealed class RoundRates(TimeProvider time)
{
    /// <summary>Full seconds that count; the one that runs is left out.</summary>
    public const int SecondsCount = 10;

    private readonly Lock gate = new();
    private readonly Second[] seconds = new Second[SecondsCount + 1];
    private readonly long startedAt = time.GetTimestamp();

    /// <summary>A round became durable, or was checked as one of reads only.</summary>
    public void Ended(TimeSpan took)
    {
        var now = Now();
        lock (gate)
        {
            ref var second = ref seconds[now % seconds.Length];
            if (second.Number != now)
                second = new Second(now, 0, TimeSpan.Zero);
            second = second with { Rounds = second.Rounds + 1, Took = second.Took + took };
        }
    }

    public RoundFigures Read()
    {
        var now = Now();
        var (rounds, took) = (0, TimeSpan.Zero);
        lock (gate)
        {
            foreach (var second in seconds)
            {
                if (second.Number < now && second.Number >= now - SecondsCount)
                    (rounds, took) = (rounds + second.Rounds, took + second.Took);
            }
        }

        // A process that has just started has fewer seconds behind it.
        var length = Math.Clamp(now, 1, SecondsCount);
        return new RoundFigures(
            rounds / (double)length, rounds == 0 ? null : took.TotalMilliseconds / rounds);
    }

    private long Now() => (long)time.GetElapsedTime(startedAt).TotalSeconds;

    private readonly record struct Second(long Number, int Rounds, TimeSpan Took);
}

/// <param name="PerSecond">Rounds per second.</param>
/// <param name="CommitMs">How long a commit took on average, in milliseconds; null without a round.</param>
public readonly record struct RoundFigures(double PerSecond, double? CommitMs);
