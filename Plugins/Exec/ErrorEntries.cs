using System.Text;

namespace Tributary.Plugins.Exec;

/// <summary>
/// Joins the lines of a program's error stream to entries: a trace, which is a line followed by indented lines, is one
/// entry. An entry ends at the latest when the program has been quiet for a moment.
/// </summary>
internal sealed class ErrorEntries(ProgramLines lines, TimeProvider time, Action<string> log)
{
    /// <summary>Most lines of an entry; a longer one is split.</summary>
    private const int MaxLinesCount = 200;

    private const string Traceback = "Traceback (most recent call last)";

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    // The lines that Python writes between the traces of exceptions that led to one another.
    private static readonly string[] Links =
    [
        "During handling of the above exception",
        "The above exception was the direct cause",
        Traceback,
    ];

    private readonly List<string> entry = [];
    private bool isTraceback;
    private bool isClosing;

    /// <summary>Runs until the end of the stream.</summary>
    public async Task PumpAsync()
    {
        for (Task<string?>? reading = null; ;)
        {
            reading ??= ReadAsync();
            if (entry.Count > 0 && !reading.IsCompleted && !await IsReadInTimeAsync(reading))
            {
                Flush();
                continue;
            }

            var line = await reading;
            reading = null;
            if (line is null)
                break;
            Take(line);
        }

        Flush();
    }

    private async Task<bool> IsReadInTimeAsync(Task<string?> reading)
    {
        using var over = new CancellationTokenSource();
        var isRead = await Task.WhenAny(reading, Task.Delay(Quiet, time, over.Token)) == reading;
        await over.CancelAsync();
        return isRead;
    }

    /// <summary>Null at the end.</summary>
    private async Task<string?> ReadAsync()
    {
        try
        {
            return await lines.ReadAsync(CancellationToken.None) is { } line
                ? Encoding.UTF8.GetString(line.Span)
                : null;
        }
        catch (InvalidDataException)
        {
            return Encoding.UTF8.GetString(lines.Take().Span);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return null;
        }
    }

    private void Take(string line)
    {
        if (entry.Count > 0 && (entry.Count >= MaxLinesCount || !GoesOn(line)))
            Flush();
        if (entry.Count == 0)
            isTraceback = isClosing = false;
        entry.Add(line);
        if (line.StartsWith(Traceback, StringComparison.Ordinal))
            (isTraceback, isClosing) = (true, false);
        else if (isTraceback && !isClosing && line.Length > 0 && !char.IsWhiteSpace(line[0]) && entry.Count > 1)
            // The exception itself ends its trace.
            isClosing = true;
    }

    private bool GoesOn(string line)
    {
        if (line.Length > 0 && char.IsWhiteSpace(line[0]))
            return true;
        if (!isTraceback)
            return false;
        return !isClosing || line.Length == 0 || Links.Any(link => line.StartsWith(link, StringComparison.Ordinal));
    }

    private void Flush()
    {
        var texts = entry.Where(static line => line.Length > 0).ToList();
        entry.Clear();
        if (texts.Count == 1)
            log(texts[0]);
        else if (texts.Count > 1)
            log(ExecServices.TracePrefix + string.Join(" | ", texts.Select(static text => text.Trim())));
    }
}
