using System.Text.Json;
using Spectre.Console;
using Tributary.Grains;
using Tributary.Silo.Hosting;

namespace Tributary.Silo.Demo;

/// <summary>Sends the sample through the same door as every message; each event's id is its external id, so that it counts once.</summary>
internal static class DemoLoader
{
    private const int WindowCount = 256;

    public static async Task RunAsync(TributaryNode node, CancellationToken stopping)
    {
        var lines = (await File.ReadAllLinesAsync(DemoFiles.Messages, stopping)).Where(line => line.Length > 0).ToList();
        var repeats = Console.IsOutputRedirected
            ? await LoadAsync(node, lines, PlainSteps(lines.Count), stopping)
            : await AnsiConsole.Progress().StartAsync(progress =>
            {
                var task = progress.AddTask("Earthquakes", maxValue: lines.Count);
                return LoadAsync(node, lines, done => task.Value = done, stopping);
            });
        AnsiConsole.WriteLine($"{lines.Count - repeats} earthquakes stored, {repeats} were there already.");
        await DemoTables.PrintAsync(node.Api, stopping);
    }

    private static async Task<int> LoadAsync(TributaryNode node, List<string> lines, Action<int> report, CancellationToken stopping)
    {
        var pointer = JsonPointer.Parse("/id");
        var repeats = 0;
        var done = 0;
        foreach (var window in lines.Chunk(WindowCount))
        {
            var receipts = window.Select(line => AcceptAsync(node, pointer, line)).ToList();
            foreach (var receipt in receipts)
            {
                stopping.ThrowIfCancellationRequested();
                repeats += (await receipt).IsRepeat ? 1 : 0;
                report(++done);
            }
        }

        return repeats;
    }

    private static async Task<Receipt> AcceptAsync(TributaryNode node, JsonPointer item, string line)
    {
        using var document = JsonDocument.Parse(line);
        return await node.Api.BulkIntake.AcceptAsync(new IntakeRequest
        {
            Source = DemoFiles.Source,
            Body = System.Text.Encoding.UTF8.GetBytes(line),
            ExternalId = document.RootElement.GetProperty("id").GetString(),
            ItemPointer = item,
        });
    }

    /// <summary>A line per quarter, for output that is not a terminal.</summary>
    private static Action<int> PlainSteps(int count)
    {
        var quarter = 0;
        return done =>
        {
            if (done * 4 / count <= quarter)
                return;
            quarter = done * 4 / count;
            Console.WriteLine($"Earthquakes: {done} of {count}");
        };
    }
}
