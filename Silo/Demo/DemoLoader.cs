using Spectre.Console;
using Tributary.Api;
using Tributary.Grains;

namespace Tributary.Silo.Demo;

/// <summary>
/// Loads the sample's events through the door for loads. An event's id is its external id, so that loading them again
/// changes nothing.
/// </summary>
internal static class DemoLoader
{
    public const string Source = "earthquakes";

    /// <summary>Events on their way at once.</summary>
    private const int WindowCount = 256;

    /// <summary>Columns of a table in a file.</summary>
    private const int PlainWidth = 120;

    private static readonly JsonPointer Id = JsonPointer.Parse("/id");

    public static async Task RunAsync(ApiNode node, CancellationToken cancellation)
    {
        var events = await ReadAsync(cancellation);
        var repeats = 0;
        var console = NewConsole();
        if (!Console.IsOutputRedirected)
        {
            await console.Progress().StartAsync(async context =>
            {
                var bar = context.AddTask("Earthquakes", maxValue: events.Count);
                repeats = await LoadAsync(node.BulkIntake, events, loaded => bar.Value = loaded, cancellation);
            });
        }
        else
        {
            Console.WriteLine($"Loading {events.Count} earthquakes …");
            repeats = await LoadAsync(node.BulkIntake, events, static _ => { }, cancellation);
        }

        Console.WriteLine($"Loaded {events.Count} earthquakes: {events.Count - repeats} new, {repeats} known already.");
        await DemoTables.WriteAsync(node, console, cancellation);
    }

    /// <summary>Colours and a moving bar are for a terminal; a file gets plain lines that do not wrap.</summary>
    private static IAnsiConsole NewConsole()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        console.Profile.Width = PlainWidth;
        return console;
    }

    private static async Task<List<byte[]>> ReadAsync(CancellationToken cancellation)
    {
        var lines = await File.ReadAllLinesAsync(DemoFiles.Events, cancellation);
        return [.. lines.Where(line => line.Length > 0).Select(System.Text.Encoding.UTF8.GetBytes)];
    }

    private static async Task<int> LoadAsync(Intake intake, List<byte[]> events, Action<int> report, CancellationToken cancellation)
    {
        var (loaded, repeats) = (0, 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = WindowCount, CancellationToken = cancellation };
        await Parallel.ForEachAsync(events, options, async (body, _) =>
        {
            using var json = System.Text.Json.JsonDocument.Parse(body);
            var receipt = await intake.AcceptAsync(new IntakeRequest
            {
                Source = Source, Body = body, ItemPointer = Id, ExternalId = json.RootElement.GetProperty("id").GetString(),
            });
            if (receipt.IsRepeat)
                Interlocked.Increment(ref repeats);
            report(Interlocked.Increment(ref loaded));
        });
        return repeats;
    }
}
