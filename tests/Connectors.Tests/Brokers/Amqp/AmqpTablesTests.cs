using Tributary.Connectors.Brokers.Amqp;
using Tributary.TestingHost.Brokers;

namespace Tributary.Connectors.Tests.Brokers.Amqp;

public sealed class AmqpTablesTests
{
    private static readonly byte[] Eight = new byte[8];

    [Fact]
    public void A_table_with_every_type_that_the_library_knows_has_no_fault()
    {
        byte[] inner = [.. AmqpBytes.Field("a", 'V'), .. AmqpBytes.Field("b", 't', 1)];
        byte[] table =
        [
            .. AmqpBytes.Field("S", 'S', AmqpBytes.Long("text"u8.ToArray())),
                .. AmqpBytes.Field("x", 'x', AmqpBytes.Long([1, 2])),
            .. AmqpBytes.Field("b", 'b', 1), .. AmqpBytes.Field("B", 'B', 1), .. AmqpBytes.Field("s", 's', 0, 1),
                .. AmqpBytes.Field("u", 'u', 0, 1),
            .. AmqpBytes.Field("I", 'I', 0, 0, 0, 1), .. AmqpBytes.Field("i", 'i', 0, 0, 0, 1),
                .. AmqpBytes.Field("f", 'f', 0, 0, 0, 1),
            .. AmqpBytes.Field("l", 'l', Eight), .. AmqpBytes.Field("d", 'd', Eight),
                .. AmqpBytes.Field("T", 'T', Eight),
            .. AmqpBytes.Field("D", 'D', 28, 0, 0, 0, 1), .. AmqpBytes.Field("F", 'F', AmqpBytes.Long(inner)),
            .. AmqpBytes.Field("A", 'A', AmqpBytes.Long([(byte)'V', (byte)'t', 0])),
                .. AmqpBytes.Field("", 'F', AmqpBytes.Long([])),
        ];

        Assert.Null(AmqpTables.FaultOf(table));
        Assert.Null(AmqpTables.FaultOf([]));
    }

    [Theory]
    [InlineData(AmqpTables.MaxDepth - 1, true)]
    [InlineData(AmqpTables.MaxDepth, false)]
    [InlineData(24_000, false)]
    public void Nesting_has_a_limit(int depth, bool isAllowed) => Assert.Equal(
        isAllowed ? null : "tables and arrays nested deeper than 64",
            AmqpTables.FaultOf(RawAmqpPublisher.NestedArrays(depth)));

    public static TheoryData<string, byte[]> Faults => new()
    {
        { "a field without a value", AmqpBytes.Short("name") },
        { "a field without a value", [200, 1] },
        { "a value of the unknown type 0x4c", AmqpBytes.Field("a", 'L', Eight) },
        { "a decimal of the scale 29; allowed: at most 28", AmqpBytes.Field("a", 'D', 29, 0, 0, 0, 1) },
        { "a value that is longer than what holds it", AmqpBytes.Field("a", 'S', 0, 0) },
        { "a value that is longer than what holds it", AmqpBytes.Field("a", 'S', 0, 0, 0, 2, 1) },
        { "a value that is longer than what holds it", AmqpBytes.Field("a", 'S', 0xFF, 0xFF, 0xFF, 0xFF) },
        { "a value that is longer than what holds it", AmqpBytes.Field("a", 'l', 1, 2, 3) },
        { "a value that is longer than what holds it", AmqpBytes.Field("a", 'A', 0, 0, 0, 2, (byte)'V') },
        { "a value that is longer than what holds it", [.. AmqpBytes.Field("a", 'A', AmqpBytes.Long([(byte)'t'])), 1] },
        { "a field without a value",
            [.. AmqpBytes.Field("a", 'F', AmqpBytes.Long([3, 1])), .. AmqpBytes.Field("b", 'V')] },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_the_library_cannot_read_is_a_fault(string fault, byte[] table) =>
        Assert.Equal(fault, AmqpTables.FaultOf(table));
}
