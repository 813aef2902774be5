using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tributary.Rounds.Reports;

namespace Tributary.Rounds.Commits;

/// <summary>
/// The measurements of a silo's rounds, on the meter of <see cref="RoundEnvironment.Meter"/>; without a meter there are
/// only the rates of reports. Names and units follow OpenTelemetry's semantic conventions: durations in seconds, sizes
/// in bytes, counts in braces.
/// </summary>
internal sealed class RoundInstruments
{
    private readonly Counter<long>? rounds;
    private readonly Histogram<int>? inputs;
    private readonly Histogram<int>? messages;
    private readonly Histogram<double>? commits;
    private readonly Counter<long>? doubts;
    private readonly Histogram<double>? loads;
    private readonly Histogram<double>? late;

    public RoundInstruments(Meter? meter, TimeProvider time)
    {
        Rates = new RoundRates(time);
        if (meter is null)
            return;
        rounds = meter.CreateCounter<long>(
            "tributary.rounds", "{round}", "Rounds that ended, by outcome: durable, read, rejected, full, dead.");
        inputs = meter.CreateHistogram<int>("tributary.round.inputs", "{input}", "Inputs that a round ran.");
        messages = meter.CreateHistogram<int>(
            "tributary.round.messages", "{message}", "Messages that a round made durable.");
        commits = meter.CreateHistogram<double>(
            "tributary.commit.duration", "s",
            "From the begin of a round's commit, or of the check of a round of reads, until its outcome was certain.");
        doubts = meter.CreateCounter<long>(
            "tributary.doubts", "{commit}", "Commits whose answer was lost or whose fence matched nothing.");
        loads = meter.CreateHistogram<double>(
            "tributary.load.duration", "s", "How long a load of states and external ids took.");
        late = meter.CreateHistogram<double>(
            "tributary.reminder.late", "s", "How long after it was due a reminder or an activity was taken.");
    }

    /// <summary>For reports; counts without a meter too.</summary>
    public RoundRates Rates { get; }

    public void Ended(Round round, RoundEnd end, TimeSpan took)
    {
        if (end is RoundEnd.Durable or RoundEnd.Read)
            Rates.Ended(took);
        if (rounds is null)
            return;
        rounds.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(end)));
        commits!.Record(took.TotalSeconds);
        inputs!.Record(round.Inputs.Count);
        if (end is RoundEnd.Durable)
            messages!.Record(round.Messages.Count);
    }

    public void Doubted() => doubts?.Add(1);

    public void Loaded(TimeSpan took) => loads?.Record(took.TotalSeconds);

    public void Fired(TimeSpan after) => late?.Record(after.TotalSeconds);

    private static string NameOf(RoundEnd end) => end switch
    {
        RoundEnd.Durable => "durable",
        RoundEnd.Read => "read",
        RoundEnd.Rejected => "rejected",
        RoundEnd.Full => "full",
        RoundEnd.Outdated => "outdated",
        RoundEnd.Dead => "dead",
        _ => throw new UnreachableException(),
    };
}
