using System.Text.RegularExpressions;

namespace Tributary.Rounds.Tests.Tidy;

/// <summary>
/// Lines of the log are found by the numbers of their events: each has one, nobody else has it, and it stays.
/// </summary>
public sealed partial class EventTests
{
    private const string List = "tests/Rounds.Tests/Tidy/events.tsv";

    [Fact]
    public void Every_line_of_the_log_has_a_number_of_its_own()
    {
        var events = Found();

        Assert.True(events.Count > 40);
        Assert.All(events, static one =>
            Assert.True(one.Id > 0, $"{one.File}: {one.Method} has no EventId. Give it the next one of its project."));
        Assert.All(events.GroupBy(static one => one.Id), static group =>
            Assert.True(
                group.Count() == 1,
                $"The event {group.Key} is that of "
                + $"{string.Join(" and ", group.Select(static one => $"{one.File}: {one.Method}"))}.")
        );
    }

    [Fact]
    public void A_number_that_was_given_stays_with_its_line()
    {
        var known = File.ReadLines(Path.Combine(Sources.Root, List))
            .Select(static line => line.Split('\t'))
            .ToDictionary(static line => int.Parse(line[0]), static line => line[1]);
        var found = Found().ToDictionary(static one => one.Id, static one => one.Method);

        Assert.All(found, one =>
            Assert.True(
                known.ContainsKey(one.Key),
                $"The event {one.Key} is new: add the line \"{one.Key}<tab>{one.Value}\" to {List}."));
        Assert.All(found, one => Assert.Equal((one.Key, known[one.Key]), (one.Key, one.Value)));
        // The number of a line that is gone is not given again: its line stays in the list.
        Assert.Equal(known.Keys.Order(), known.Keys);
    }

    private static List<(int Id, string Method, string File)> Found()
    {
        var events = new List<(int, string, string)>();
        foreach (var file in Sources
                .Files(".cs")
                .Where(static file =>
                    !file.StartsWith("tests/", StringComparison.Ordinal)
                    && !file.StartsWith("bench/", StringComparison.Ordinal)))
        {
            foreach (Match match in MessagePattern.Matches(Sources.Read(file)))
            {
                var id = IdPattern.Match(match.Groups["arguments"].Value);
                events.Add((id.Success ? int.Parse(id.Groups["id"].Value) : 0, match.Groups["method"].Value, file));
            }
        }

        return events;
    }

    [GeneratedRegex(
        @"\[LoggerMessage\((?<arguments>.*?)\)\]\s+private (static )?partial void (?<method>\w+)",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex MessagePattern { get; }

    [GeneratedRegex(@"EventId = (?<id>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex IdPattern { get; }
}
