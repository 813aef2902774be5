using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Tributary.Api.OpenApi;

namespace Tributary.Api.Kept;

/// <summary>The routes of failed calls and of what is held.</summary>
internal static class KeptRoutes
{
    private const string Tag = "failed-calls";
    private const string IdExample = "01890a5d-ac96-774b-bcce-b302099a8057";

    public static void Map(IEndpointRouteBuilder app, ApiNode node, string root, string[] parameterCodes)
    {
        string[] changeCodes = [.. parameterCodes, "request_invalid", "origin_not_allowed", "roles_apart",
            "overloaded"];
        var limit = new ParameterDoc(
            "limit", "How many, 100 if not given; above 1000 it is 1000.", JsonSchemaType.Integer);
        var after = new ParameterDoc("after", "The next of the answer before.", JsonSchemaType.String);
        Routes.Get(
            app, root + "/failed-calls", new ListFailedCalls(node).InvokeAsync, "listFailedCalls", Tag,
            "Calls between grains that failed",
            "Nobody waited for them, so that they are kept. The newest come first.", [limit, after],
            parameterCodes).Answers<FailedCallList>(200);

        var change = new RetryFailedCalls(node);
        RequestDelegate one = change.OneAsync;
        app.MapPost(root + "/failed-calls/{id}/retry", one).Describe(
            one, "retryFailedCall", Tag, "Make a failed call again",
            "What two ask for at once is made once. A call that fails again is a failed call again, with a new id and "
            + "its "
            + "count of attempts.",
            [new("id", "The failed call's id.", JsonSchemaType.String, In: "path", Example: IdExample)],
            [.. changeCodes, "failed_call_not_found", "failed_call_incomplete"]).Answers<AgainBody>(200);
        RequestDelegate all = change.AllAsync;
        app.MapPost(root + "/failed-calls/retry", all).Describe(
            all, "retryFailedCalls", Tag, "Make all failed calls again",
            "What two ask for at once is made once. Looks at most at 1000 failed calls, the newest; next goes on from "
            + "there.",
            [after], changeCodes).Answers<FailedCallsChangeBody>(200);
        Routes.Get(
            app, root + "/held", new ListHeld(node).InvokeAsync, "listHeld", "held",
            "What waits for a build that can make it",
            "Calls, reminders and activities of grains whose type, method, activity, arguments or stored state this "
            + "build "
            + "does not know. "
            + "Counted by type and reason, and listed by grain. They go on when a build starts that can make them.",
            [limit, after], parameterCodes).Answers<HeldList>(200);
    }
}
