namespace Tributary.Bench.Benches;

/// <summary>The benches by name.</summary>
public static class Catalogue
{
    private static readonly Dictionary<string, Func<BenchOptions, CancellationToken, Task>> Benches = new(
        StringComparer.Ordinal)
    {
        ["ingest"] = IngestBench.RunAsync,
        ["orleans"] = OrleansBench.RunAsync,
        ["cluster"] = ClusterBench.RunAsync,
        ["hop"] = HopBench.RunAsync,
        ["post"] = PostBench.RunAsync,
        ["batch"] = BatchBench.RunAsync,
        ["pipeline"] = PipelineBench.RunAsync,
        ["page"] = PageBench.RunAsync,
        ["feed"] = FeedBench.RunAsync,
        ["graphql"] = GraphQLBench.RunAsync,
        ["turns"] = TurnsBench.RunAsync,
        ["reminders"] = RemindersBench.RunAsync,
        ["precise"] = PreciseRemindersBench.RunAsync,
    };

    public static IEnumerable<string> Names => Benches.Keys;

    public static Task RunAsync(string name, BenchOptions options, CancellationToken cancellation) =>
        Benches[name](options, cancellation);
}
