using System.Text;
using System.Text.Json;
using Tributary.Grains.Tests.Contributions;
using Tributary.Grains.Tests.Grains;
using Tributary.Items;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
using Tributary.Storage.Generations;
using Tributary.Storage.Indexing;

namespace Tributary.Grains.Tests.Intake;

public sealed class IndexedValuesTests
{
    private static readonly IndexedPath[] Paths =
    [
        new(7, JsonPointer.Parse("/a")),
        new(3, JsonPointer.Parse("/o/x")),
        new(9, JsonPointer.Parse("/l/1")),
        new(12, JsonPointer.Parse("/o")),
    ];

    private readonly NoGrains grains = new();

    [Theory]
    [InlineData("""{}""", "")]
    [InlineData("""{"a":1.50}""", "7:15e-1")]
    [InlineData("""{"a":"\u0061\u0000\ud800"}""", "7:\"a\\u0000\\ud800\"")]
    [InlineData("""{"a":null,"o":{"x":true},"l":[1,[]]}""", "7:null 3:true 9:[] 12:{}")]
    [InlineData("""{"o":{"x":1},"o":{"y":2},"a":1,"a":2}""", "7:2 12:{}")]
    [InlineData("""{"l":{"1":"x"},"b":[{"a":1}]}""", "9:\"x\"")]
    public void A_message_carries_what_indexed_paths_hold(string body, string expected)
    {
        var message = Door(Paths).Prepare(new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes(body) });

        Assert.Equal(
            expected
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(value => $"{value.Split(':')[0]}:{KeyOf(value[(value.IndexOf(':') + 1)..])}"),
            message.Message.IndexedValues.Select(value => $"{value.Path}:{Convert.ToHexString(value.Key.Span)}"));
        Assert.Equal(
            body.Length + 256 + message.Message.IndexedValues.Sum(value => value.Key.Length), message.SizeBytes);
    }

    [Fact]
    public void Values_are_found_beside_aggregates_and_items()
    {
        var definition = Calculations.Define(
            """{"name":"d","group":[{"name":"a","pointer":"/a"}],"measures":[{"name":"n","kind":"sum","pointer":"/o/x"}]}""");
        var intake = new MessageIntake(
            grains,
            new ContributionCalculator([new DefinedGeneration(1, definition)], Paths),
            new MessageIds(() => 1),
            new FixedTime(),
            new IntakeOptions());

        var incoming = intake.Prepare(
            new IntakeRequest
            {
                Source = "test",
                Body = """{"a":"A","o":{"x":2}}"""u8.ToArray(),
                ItemPointer = JsonPointer.Parse("/a"),
            });

        Assert.Equal("A", incoming.Message.Item);
        Assert.Equal("1/0/[\"A\"]", Assert.Single(incoming.Contributions).Aggregate.Key);
        Assert.Equal([7, 3, 12], incoming.Message.IndexedValues.Select(value => value.Path));
    }

    [Fact]
    public void Paths_that_are_replaced_count_for_messages_of_every_source_and_with_every_item()
    {
        var definition = Calculations.Define(
            """
            {"name":"d","sources":["one"],"group":[{"name":"a","pointer":"/a"}],
            "measures":[{"name":"n","kind":"count"}]}
            """);
        DefinedGeneration[] definitions = [new(1, definition)];
        var contributions = new ContributionCalculator(definitions, Paths[..1], version: 4);
        var intake = new MessageIntake(
            grains, contributions, new MessageIds(() => 1), new FixedTime(), new IntakeOptions());
        IntakeRequest[] requests =
        [
            .. from source in (string[])["one", "two"]
               from pointer in (JsonPointer?[])[null, JsonPointer.Parse("/a")]
               select new IntakeRequest
               {
                   Source = source, Body = """{"a":"A","o":{"x":2}}"""u8.ToArray(), ItemPointer = pointer,
               },
        ];
        IncomingMessage[] Prepare() => [.. requests.Select(request => intake.Prepare(request))];
        Assert.All(Prepare(), static message => AssertPaths(message, 4, 7));

        contributions.Replace(definitions, Paths[..2], version: 5);
        Assert.All(Prepare(), static message => AssertPaths(message, 5, 7, 3));
        Assert.Equal([1, 1, 0, 0], Prepare().Select(static message => message.Contributions.Count));

        contributions.Replace(definitions, Paths[..2], version: 6);
        contributions.Replace([], Paths[3..], version: 7);
        Assert.All(Prepare(), static message => AssertPaths(message, 7, 12));
        contributions.Replace([], [], version: 8);
        Assert.All(Prepare(), static message => AssertPaths(message, 8));
    }

    [Fact]
    public void Refused_contributions_are_counted_on_when_only_paths_are_replaced()
    {
        var definition = Calculations.Define(
            """
            {"name":"d","group":[{"name":"a","pointer":"/a"}],"window":{"size":"1d","by":"event","time":"/t",
            "format":"iso"},"measures":[{"name":"n","kind":"count"}]}
            """);
        var contributions = new ContributionCalculator([new DefinedGeneration(1, definition)]);
        contributions.Calculate("s", "{}"u8, DateTimeOffset.UnixEpoch);
        var refused = Assert.Single(contributions.RefusalCounts);

        contributions.Replace([new DefinedGeneration(1, definition)], Paths, version: 1);

        Assert.Equal(refused, Assert.Single(contributions.RefusalCounts));
    }

    [Fact]
    public void Values_of_any_length_fit_at_the_most_paths_that_there_may_be()
    {
        var paths = Enumerable
            .Range(0, StoredDefinitions.MaxIndexedPathsCount)
            .Select(i => new IndexedPath(i, JsonPointer.Parse($"/f{i}")))
            .ToArray();
        var body =
            $"{{{string.Join(",", paths.Select(path => $"\"f{path.Id}\":\"{new string('x', 5_000 + path.Id)}\""))}}}";

        var values = Door(paths)
            .Prepare(new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes(body) })
            .Message.IndexedValues;

        Assert.Equal(64, values.Select(value => Convert.ToHexString(value.Key.Span)).Distinct().Count());
        Assert.All(values, value => Assert.Equal(IndexKey.MaxBytes, value.Key.Length));
    }

    private static void AssertPaths(IncomingMessage message, long version, params int[] paths)
    {
        Assert.Equal(version, message.Definitions);
        Assert.Equal(paths, message.Message.IndexedValues.Select(static value => value.Path));
    }

    private static string KeyOf(string json)
    {
        var text = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(text);
        reader.Read();
        return Convert.ToHexString(IndexKey.Of(reader.TokenType, reader.ValueSpan, reader.ValueIsEscaped, out _));
    }

    private MessageIntake Door(IndexedPath[] paths) =>
        new(
            grains,
            new ContributionCalculator([], paths),
            new MessageIds(() => 1),
            new FixedTime(),
            new IntakeOptions());

    private sealed class NoGrains : IRoundGrains
    {
        public TGrain GetGrain<TGrain>(string key)
            where TGrain : class, IGrainWithStringKey =>
            throw new InvalidOperationException("Messages are only prepared.");
    }
}
