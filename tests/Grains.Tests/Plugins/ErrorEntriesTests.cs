using System.IO.Pipelines;
using System.Text;
using Tributary.Plugins.Exec;

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
            "trace: Traceback (most recent call last): | File \"plugin.py\", line 3, in <module> | raise "
            + "ValueError(\"one\") | ValueError: one"
            + " | During handling of the above exception, another exception occurred: | Traceback (most recent call "
                + "last):"
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
    public async Task A_line_waits_for_what_may_follow_only_until_the_program_has_been_quiet()
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipe = new Pipe();
        var pumping = new ErrorEntries(new ProgramLines(pipe.Reader.AsStream(), 4_096), TimeProvider.System, line =>
            heard.TrySetResult(line)
        ).PumpAsync();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes("hello\n"), TestContext.Current.CancellationToken);
        Assert.Equal(
            "hello", await heard.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        await pipe.Writer.CompleteAsync();
        await pumping;
    }

    private Task PumpAsync(string text) =>
        new ErrorEntries(
            new ProgramLines(new MemoryStream(Encoding.UTF8.GetBytes(text)), 4_096),
            TimeProvider.System,
            entries.Add).PumpAsync();
}
