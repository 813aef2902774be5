namespace Tributary.GraphQL.Language;

/// <summary>The text is not GraphQL; the message tells what was found and where.</summary>
public sealed class GraphQLSyntaxException(Source source, int position, string message, string code = ErrorCodes.Syntax)
    : GraphQLException(new GraphQLError(
        code == ErrorCodes.Syntax ? "Syntax error: " + message : message, [source.LocationOf(position)], Code: code));
