using Tributary.Api;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;

namespace Tributary.Silo.Demo;

/// <summary>
/// Loads the demo's events through the door for loads. An event's id is its external id, so that a second load changes
/// nothing.
/// </summary>
internal static class DemoLoader
{
    public const string Source = "earthquakes";

    /// <summary>Events on their way at once.</summary>
    private const int WindowCount = 256;

    private static readonly JsonPointer Id = JsonPointer.Parse("/id");

    public static async Task RunAsync(ApiNode node, CancellationToken cancellation)
    {
        var events = await ReadAsync(cancellation);
        Console.WriteLine($"Loading {events.Count} earthquakes …");
        var repeats = await LoadAsync(node.BulkIntake, events, cancellation);
        Console.WriteLine($"Loaded {events.Count} earthquakes: {events.Count - repeats} new, {repeats} known already.");
        await DemoTables.WriteAsync(node, Console.Out, cancellation);
    }

    private static async Task<List<byte[]>> ReadAsync(CancellationToken cancellation)
    {
        var lines = await File.ReadAllLinesAsync(DemoFiles.Events, cancellation);
        return [.. lines.Where(line => line.Length > 0).Select(System.Text.Encoding.UTF8.GetBytes)];
    }

    private static async Task<int> LoadAsync(IMessageDoor intake, List<byte[]> events, CancellationToken cancellation)
    {
        var repeats = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = WindowCount, CancellationToken = cancellation };
        await Parallel.ForEachAsync(events, options, async (body, _) =>
        {
            using var json = System.Text.Json.JsonDocument.Parse(body);
            var receipt = await intake.AcceptAsync(
                new IntakeRequest
                {
                    Source = Source,
                    Body = body,
                    ItemPointer = Id,
                    ExternalId = json.RootElement.GetProperty("id").GetString(),
                });
            if (receipt.IsRepeat)
                Interlocked.Increment(ref repeats);
        });
        return repeats;
    }
}
