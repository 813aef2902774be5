using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tributary.Aggregates;
using Tributary.Grains.Items;
using Tributary.Grains.Replays;
using Tributary.Grains.Tests.Contributions;
using Tributary.Items;
using Tributary.Measures;
using Tributary.Messages;
using Tributary.Replays;

namespace Tributary.Grains.Tests.Stored;

/// <summary>
/// What is stored stays readable: each sample reads, and writes as it was. A sample is never changed, only added to.
/// </summary>
public sealed class StoredJsonTests
{
    [Fact]
    public void An_aggregate_reads_and_writes_as_stored()
    {
        var state = Same("aggregate-1", GrainsJson.Default.AggregateState);
        Assert.Equal(3, state.Count);
        Assert.Equal(JsonSerializer.Deserialize<ExactDecimal>("100.3"), ((SumMeasure)state.Measures[0]).Sum);
        Assert.Equal(1, state.Measures[0].Skipped);
        Assert.Equal(2, ((DistinctMeasure)state.Measures[3]).Estimate);
        Assert.Equal(3, ((QuantilesMeasure)state.Measures[4]).Numbers);
    }

    [Fact]
    public void A_large_distinct_measure_reads_and_writes_as_stored()
    {
        var state = Same("aggregate-dense-1", GrainsJson.Default.AggregateState);
        Assert.Equal(
            Dense().Measures.OfType<DistinctMeasure>().Single().Estimate,
            ((DistinctMeasure)state.Measures[0]).Estimate);
    }

    [Fact]
    public void The_same_contributions_are_stored_as_ever()
    {
        Assert.Equal(Sample("aggregate-1"), JsonSerializer.Serialize(Sparse(), GrainsJson.Default.AggregateState));
        Assert.Equal(Sample("aggregate-dense-1"), JsonSerializer.Serialize(Dense(), GrainsJson.Default.AggregateState));
    }

    [Fact]
    public void An_item_reads_and_writes_as_stored()
    {
        Assert.Equal(3, Same("item-1", GrainsJson.Default.ItemState).Sequence);
        Assert.Equal("text/x", Same("item-full-1", GrainsJson.Default.ItemState).MediaType);
    }

    [Fact]
    public void What_is_left_of_an_items_messages_reads_and_writes_as_stored()
    {
        var state = Same("item-left-1", GrainsJson.Default.ItemState);
        Assert.Equal(MessageStatus.Retrying, state.Find(2)!.Status);
        Assert.Equal(("hashes", true), (state.Find(2)!.Parts[1].Plugin, state.Find(2)!.Parts[1].IsStarted));
        Assert.True(state.Find(3)!.IsUnmapped);
        Assert.Equal(new Position(65537), state.Find(3)!.Reference(3).Position);
        Assert.Contains(
            "\"colour\":\"blue\"",
            JsonSerializer.Serialize(state.With(2, null, 10), GrainsJson.Default.ItemState),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_activity_was_asked_for_reads_as_stored()
    {
        Assert.Equal(0, ProcessPayload.Whole.Write().Length);
        Assert.Same(ProcessPayload.Whole, ProcessPayload.Read(default));
        Assert.Equal(
            """{"plugins":["a","b"]}""",
            Encoding.UTF8.GetString(
                new ProcessPayload { Plugins = ["a", "b"] }
                    .Write()
                    .Span));
        Assert.Equal("x: y", ProcessPayload.Read("""{"error":"x: y"}"""u8.ToArray()).Error);
        Assert.True(ProcessName.TryParse("12.01890a5dac96774bbcceb302099a8057.parked", out var name));
        Assert.Equal(
            (12L, true, "12.01890a5dac96774bbcceb302099a8057.parked"),
            (name.Sequence, name.IsOfParked, name.ToString()));
        Assert.Equal(
            """{"parked":true}""", Encoding.UTF8.GetString(new ProcessPayload { IsParked = true }.Write().Span));
        Assert.False(ProcessName.TryParse("12", out _));
        Assert.False(ProcessName.TryParse("x.01890a5dac96774bbcceb302099a8057", out _));
    }

    [Fact]
    public void The_state_of_the_removal_of_external_ids_reads_and_writes_as_stored() =>
        Assert.Equal(12345, Same("dedupe-1", GrainsJson.Default.DedupeState).Removed);

    [Fact]
    public void The_state_of_replays_reads_and_writes_as_stored()
    {
        var state = Same("replay-1", GrainsJson.Default.ReplayState);
        Assert.Equal(
            (2, 65537L, "content_missing: x"),
            (state.Running!.Generation, state.Running.Cursor, state.Running.Failed[0].Error));
        Assert.Equal(ReplayStatus.Completed, state.Find(3)!.Status);
        var order = new ReplayPayload(2, 65537, null, 5);
        Assert.Equal("""{"generation":2,"cursor":65537,"toMs":5}""", Encoding.UTF8.GetString(order.Write().Span));
        Assert.Equal(order, ReplayPayload.Read(order.Write()));
    }

    [Fact]
    public void What_a_replay_hands_to_an_item_survives_being_written_as_an_argument()
    {
        var run = new ReplayedRun(
            "words",
            4,
            "item",
            new MessageReference(
                new MessageId(Guid.CreateVersion7()), new Position(5), "s", DateTimeOffset.UnixEpoch, 3),
            [new Tributary.Plugins.PluginRecord("{}"u8.ToArray(), "k")],
                [new Contribution(new RoundGrainId("aggregate", "5/0/[]"), 5,
                new AggregateDelta(1, [new SumMeasure(2, 7)]))]);
        var json = JsonSerializer.Serialize(run, GrainsJson.Default.ReplayedRun);
        var read = JsonSerializer.Deserialize(json, GrainsJson.Default.ReplayedRun)!;
        Assert.Equal(json, JsonSerializer.Serialize(read, GrainsJson.Default.ReplayedRun));
        Assert.Equal((run.Message, run.Contributions[0].Aggregate), (read.Message, read.Contributions[0].Aggregate));
        Assert.Equal("{}", Encoding.UTF8.GetString(read.Records[0].Json.Span));
    }

    [Fact]
    public void Fields_of_a_newer_version_survive_a_rewrite()
    {
        const string json = """{"count":1,"measures":[{"kind":"min","value":3,"since":[1]}],"colour":"blue"}""";
        var state = JsonSerializer.Deserialize(json, GrainsJson.Default.AggregateState)!
            .Add(new AggregateDelta(1, [new MinMeasure((ExactDecimal)2)]));
        Assert.Equal(
            """{"count":2,"measures":[{"kind":"min","value":2,"since":[1]}],"colour":"blue"}""",
            JsonSerializer.Serialize(state, GrainsJson.Default.AggregateState));

        var item = JsonSerializer.Deserialize(
            """{"n":1,"src":"s","last":5,"msg":"01890a5d-ac96-774b-bcce-b302099a8057","colour":"blue"}""",
            GrainsJson.Default.ItemState)!;
        var message = new Message
        {
            Id = new MessageId(item.LastMessage),
            Source = "s",
            Item = "i",
            MediaType = "application/json",
            Body = default,
            ReceivedAt = DateTimeOffset.UnixEpoch,
        };
        Assert.Contains(
            "\"colour\":\"blue\"",
            JsonSerializer.Serialize(item.After(message), GrainsJson.Default.ItemState),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_delta_survives_being_written_as_an_argument()
    {
        var delta = new AggregateDelta(2, [new SumMeasure(2, 7), DistinctMeasure.Of(42), QuantilesMeasure.Of(-3)]);
        var json = JsonSerializer.Serialize(delta, GrainsJson.Default.AggregateDelta);
        Assert.Equal(
            json,
            JsonSerializer.Serialize(
                JsonSerializer.Deserialize(json, GrainsJson.Default.AggregateDelta), GrainsJson.Default.AggregateDelta)
        );

        var plain = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        var reflected = JsonSerializer.Deserialize<AggregateDelta>(JsonSerializer.Serialize(delta, plain), plain);
        Assert.Equal(json, JsonSerializer.Serialize(reflected, GrainsJson.Default.AggregateDelta));
    }

    private static AggregateState Sparse()
    {
        const string definition = """
            {"name":"a","measures":[{"name":"s","kind":"sum","pointer":"/v"},{"name":"l","kind":"min","pointer":"/v"},
              {"name":"m","kind":"max","pointer":"/v"},
              {"name":"d","kind":"distinct","pointer":"/t"},{"name":"q","kind":"quantiles","pointer":"/w"}]}
            """;
        return State(
            definition, """{"v":0.30,"t":"x","w":1}""", """{"v":1e2,"t":"y","w":0}""", """{"v":"z","t":"x","w":-5}""");
    }

    private static AggregateState Dense() => State(
        """{"name":"a","measures":[{"name":"d","kind":"distinct","pointer":"/t"}]}""",
        [.. Enumerable.Range(0, 400).Select(i => $$"""{"t":{{i}}}""")]);

    private static AggregateState State(string definition, params string[] bodies)
    {
        var calculator = Calculations.Calculator(definition);
        return bodies.Aggregate(AggregateState.Empty, (state, body) =>
            state.Add(Calculations.One(calculator, body)!.Value.Delta));
    }

    private static T Same<T>(string name, JsonTypeInfo<T> type)
    {
        var stored = Sample(name);
        var state = JsonSerializer.Deserialize(stored, type)!;
        Assert.Equal(stored, JsonSerializer.Serialize(state, type));
        return state;
    }

    private static string Sample(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Stored", name + ".json"), Encoding.UTF8).TrimEnd('\n');
}
