using System.Text;
using System.Text.Json;
using Tributary.Grains.Tests.Contributions;
using Tributary.Grains.Tests.Grains;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Intake;
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
    public void Sixteen_values_of_any_length_fit()
    {
        var paths = Enumerable
            .Range(0, IndexedPath.MaxCount)
            .Select(i => new IndexedPath(i, JsonPointer.Parse($"/f{i}")))
            .ToArray();
        var body =
            $"{{{string.Join(",", paths.Select(path => $"\"f{path.Id}\":\"{new string('x', 5_000 + path.Id)}\""))}}}";

        var values = Door(paths)
            .Prepare(new IntakeRequest { Source = "test", Body = Encoding.UTF8.GetBytes(body) })
            .Message.IndexedValues;

        Assert.Equal(16, values.Select(value => Convert.ToHexString(value.Key.Span)).Distinct().Count());
        Assert.All(values, value => Assert.Equal(IndexKey.MaxBytes, value.Key.Length));
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
