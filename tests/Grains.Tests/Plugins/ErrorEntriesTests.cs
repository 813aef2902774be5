using System.IO.Pipelines;
using System.Text;
using Tributary.Plugins.Exec;
using Tributary.TestingHost.Simulation;

namespace Tributary.Grains.Tests.Plugins;

public sealed class ErrorEntriesTests
{
    private readonly List<string> entries = [];

    [Fact]
    public async Task A_traceback_is_one_entry_and_what_surrounds_it_others()
    {
        await PumpAsync("""
            starting
            Traceback (most recent call last):
              File "plugin.py", line 3, in <module>
                raise ValueError("one")
            ValueError: one

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "plugin.py", line 5, in <module>
                raise KeyError("two")
            KeyError: 'two'
            going on

            """);
        Assert.Equal(
        [
            "starting",
            "trace: Traceback (most recent call last): | File \"plugin.py\", line 3, in <module> | raise ValueError(\"one\") | ValueError: one"
            + " | During handling of the above exception, another exception occurred: | Traceback (most recent call last):"
            + " | File \"plugin.py\", line 5, in <module> | raise KeyError(\"two\") | KeyError: 'two'",
            "going on",
        ], entries);
    }

    [Fact]
    public async Task Indented_lines_belong_to_the_line_before_them()
    {
        await PumpAsync("Error: x\n    at one (a.js:1)\n    at two (a.js:2)\nnext\n");
        Assert.Equal(["trace: Error: x | at one (a.js:1) | at two (a.js:2)", "next"], entries);
    }

    [Fact]
    public async Task Lines_that_never_end_to_belong_together_are_cut()
    {
        await PumpAsync(string.Concat(Enumerable.Repeat(" x\n", 450)));
        Assert.Equal(3, entries.Count);
    }

    [Fact]
    public void A_line_waits_for_what_may_follow_only_until_the_program_has_been_quiet() => new SimulationWorld(1).Run(async () =>
    {
        var world = (SimulationWorld)SynchronizationContext.Current!;
        var pipe = new Pipe(new PipeOptions(useSynchronizationContext: true, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
        var pumping = new ErrorEntries(new LineReader(pipe.Reader.AsStream(), 4_096), world.Time, entries.Add).PumpAsync();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes("hello\n"));
        while (entries.Count == 0)
            await world.Delay(TimeSpan.FromMilliseconds(10));
        Assert.Equal(["hello"], entries);
        await pipe.Writer.CompleteAsync();
        await pumping;
    });

    private Task PumpAsync(string text) =>
        new ErrorEntries(new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), 4_096), TimeProvider.System, entries.Add).PumpAsync();
}
