// Made by `npm run schema`; do not edit.
export interface paths {
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: health
         * @description Say that the server lives; 200 as long as it does.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrolment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * enrol: session
         * @description Show the secret for the authenticator to who holds the one-time code.
         */
        post: operations["enrolment_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enrolment/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * enrol: session
         * @description Take the password and the first code; answers with the recovery codes, once.
         */
        post: operations["enrolment_complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: own session
         * @description Tell who is signed in, with the forgery token.
         */
        get: operations["session_show"];
        put?: never;
        /**
         * sign in: session
         * @description Begin a session; an older one of this browser ends.
         */
        post: operations["sign_in"];
        /**
         * end: own session
         * @description End this session.
         */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/passkey/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * sign in: session
         * @description Begin a sign-in by passkey; no name is asked for, so none is found out.
         */
        post: operations["passkey_challenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * sign in: session
         * @description Begin a session by a passkey whose device has verified its owner: both factors at once.
         */
        post: operations["passkey_sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: own session
         * @description List one's own sessions.
         */
        get: operations["sessions_list"];
        put?: never;
        post?: never;
        /**
         * end: own session
         * @description End all of one's own sessions, this one too.
         */
        delete: operations["sessions_revoke_all"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * end: own session
         * @description End one of one's own sessions.
         */
        delete: operations["session_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: own passkey
         * @description List one's own passkeys.
         */
        get: operations["passkeys_list"];
        put?: never;
        /**
         * register: own passkey
         * @description Keep the passkey a device made for what was begun.
         */
        post: operations["passkey_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * register: own passkey
         * @description Begin to register a passkey; only this session can finish it.
         */
        post: operations["passkey_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys/{passkey_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * remove: own passkey
         * @description Let one of one's own passkeys in no more.
         */
        delete: operations["passkey_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys/proof/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * prove: own passkey
         * @description Begin to show a passkey in the place of a code.
         */
        post: operations["step_up_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * prove: own passkey
         * @description Show one of one's own passkeys; the proof is the code of the next risky wish of this session.
         */
        post: operations["step_up_prove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: user
         * @description List people.
         */
        get: operations["users_list"];
        put?: never;
        /**
         * create: user
         * @description Invite a person; the code is handed over by another way than this one.
         */
        post: operations["user_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * change: user
         * @description Change role or state, or ask for a new authenticator; takes effect at once, sessions end.
         */
        patch: operations["user_change"];
        trace?: never;
    };
    "/api/v1/users/{name}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * end sessions: user
         * @description End every session of a person.
         */
        delete: operations["user_sessions_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: program
         * @description List programs.
         */
        get: operations["clients_list"];
        put?: never;
        /**
         * create: program
         * @description Let a program in; its token is shown once.
         */
        post: operations["client_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clients/{client_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * revoke: program
         * @description Let a program in no more.
         */
        delete: operations["client_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitor/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: state
         * @description Show everything the first page needs.
         */
        get: operations["state"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitor/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: state
         * @description Send states, facts and beats as server-sent events until the session or the server ends.
         */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitor/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * start: monitoring
         * @description Have the guard monitor.
         */
        post: operations["monitor_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitor/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * stop: monitoring
         * @description Have the guard stop monitoring; holdings are not guarded then.
         */
        post: operations["monitor_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitor/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * restart: monitoring
         * @description Have the guard leave sleep and begin anew.
         */
        post: operations["monitor_restart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitor/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * run: recovery
         * @description Have the recovery go on from the step that failed.
         */
        post: operations["recovery_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: position
         * @description Show what is held, live where a guard answers.
         */
        get: operations["positions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions/sparks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: position
         * @description Show the newest minutes of everything held, of the last day each was traded.
         */
        get: operations["position_sparks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions/{symbol}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: position
         * @description Show one holding.
         */
        get: operations["position"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/positions/{symbol}/chart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: position
         * @description Show one stock over a Korean day, held, watched or sold: minutes, levels, marks, gaps; today by default.
         */
        get: operations["position_chart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/killswitch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: kill switch
         * @description Show the strictest of all doors.
         */
        get: operations["killswitch"];
        put?: never;
        /**
         * set: kill switch
         * @description Block orders now; file and row stand in for a guard that does not answer.
         */
        post: operations["killswitch_set"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/killswitch/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: kill switch
         * @description Show who set and released it, newest first.
         */
        get: operations["killswitch_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/killswitch/flatten": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * flatten: kill switch
         * @description Ask to sell everything; begins when a second person confirms.
         */
        post: operations["killswitch_flatten"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/killswitch/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * release: kill switch
         * @description Allow orders again; from ``hard`` and ``flatten`` a second person has to agree.
         */
        post: operations["killswitch_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/killswitch/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: request of two people
         * @description Show what waits for a second person, and what lately did.
         */
        get: operations["requests_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/killswitch/requests/{request_id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * confirm: request of two people
         * @description Agree, as another person than who asked; the guard is asked at once.
         */
        post: operations["request_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/killswitch/requests/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * withdraw: request of two people
         * @description Take a wish back.
         */
        delete: operations["request_withdraw"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: order
         * @description List attempts, newest first.
         */
        get: operations["orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{intent_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: order
         * @description Show one attempt, by intent or order number.
         */
        get: operations["order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{intent_id}/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: order
         * @description Show what led to an order and what followed, oldest first.
         */
        get: operations["order_chain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * pause: order
         * @description Pause orders of one stock or of all; stops too.
         */
        post: operations["orders_pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * resume: order
         * @description Let orders go again.
         */
        post: operations["orders_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{intent_id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * resolve: order
         * @description End an order nobody could find out about, on a person's word.
         */
        post: operations["order_resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: fill
         * @description List fills, newest first.
         */
        get: operations["fills"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: exit
         * @description List the newest exits with every step's time, oldest first.
         */
        get: operations["exits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/summaries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: summary
         * @description List days, newest first.
         */
        get: operations["summaries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/watchlist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: watch list
         * @description List the selections of a Korean day, best score first; today by default.
         */
        get: operations["watchlist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: event
         * @description Search facts, newest first; ``type`` may end in ``*``, ``q`` is looked for in type and payload.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: event
         * @description List the types on record with their number.
         */
        get: operations["event_types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: event
         * @description Send what a search finds as a file, newest first; at most 100,000 facts; recorded itself.
         */
        get: operations["events_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: event
         * @description Show one fact.
         */
        get: operations["event"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/explain/{any_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: event
         * @description Show the whole causal chain of a flow, fact, order, alert or stock, oldest first.
         */
        get: operations["chain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: alert
         * @description List alerts, newest first, each once with what came of it.
         */
        get: operations["alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: alert
         * @description Count alerts per type, Korean hour and weekday (0 = Sunday).
         */
        get: operations["alert_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/catalogue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: alert
         * @description List every type of event people may be told of: what it means, what to look at and do.
         */
        get: operations["alert_catalogue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: silence
         * @description List the silences that hold.
         */
        get: operations["silences"];
        put?: never;
        /**
         * create: silence
         * @description Do not tell matching alerts for a while; measuring and recording go on.
         */
        post: operations["silence_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/silences/{silence_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * end: silence
         * @description End a silence now.
         */
        delete: operations["silence_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: alert
         * @description List deliveries and failures by channel, newest first.
         */
        get: operations["deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{alert_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: alert
         * @description Show one alert: every delivery, and why it came when it came.
         */
        get: operations["alert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{alert_id}/ack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * acknowledge: alert
         * @description Note that somebody has seen an emergency, or that it is over: it is not repeated.
         */
        post: operations["alert_ack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: incident
         * @description List open incidents, or all, newest first.
         */
        get: operations["incidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: incident
         * @description Show one incident with its time line.
         */
        get: operations["incident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/ack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * acknowledge: incident
         * @description Note that a person has seen it.
         */
        post: operations["incident_ack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * assign: incident
         * @description Give it to a person.
         */
        post: operations["incident_assign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * decide: incident
         * @description Record what is done about it.
         */
        post: operations["incident_decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * close: incident
         * @description End it with a report.
         */
        post: operations["incident_close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: approval
         * @description List approvals, newest first.
         */
        get: operations["approvals"];
        put?: never;
        /**
         * propose: approval
         * @description Put an order before a person; it must be decided within the hour.
         */
        post: operations["approval_propose"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/flow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: flow of orders by hand
         * @description Show whether orders by hand are paused, since when and why.
         */
        get: operations["flow_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/flow/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * resume: flow of orders by hand
         * @description Let orders by hand go again, with the analysis of what failed.
         */
        post: operations["flow_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/mandate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: mandate
         * @description Show the standing approval of exits and whether it holds.
         */
        get: operations["mandate"];
        put?: never;
        /**
         * sign: mandate
         * @description Sign it for the exit rules as they are now.
         */
        post: operations["mandate_sign"];
        /**
         * revoke: mandate
         * @description Take it back: profit waits, stops go on.
         */
        delete: operations["mandate_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{approval_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: approval
         * @description Show one approval: terms, reason, risk before and after, what became of its order.
         */
        get: operations["approval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{approval_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * approve: approval
         * @description Approve what was shown; with quantity and price the order is placed at once.
         */
        post: operations["approval_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{approval_id}/deny": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * deny: approval
         * @description Deny, or take back an approval nobody has used.
         */
        post: operations["approval_deny"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{approval_id}/place": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * place: approval
         * @description Place an approved order; says what is known of it and no more.
         */
        post: operations["approval_place"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitoring/strategies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: strategy
         * @description List the strategies under supervision.
         */
        get: operations["strategies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitoring/strategies/{strategy_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: strategy
         * @description Show one strategy.
         */
        get: operations["strategy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/strategies/{strategy_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * start: strategy
         * @description Start it, or let it go on after a suspension.
         */
        post: operations["strategy_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/strategies/{strategy_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * stop: strategy
         * @description Suspend it: no signal until it is started again.
         */
        post: operations["strategy_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitoring/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: job
         * @description List jobs.
         */
        get: operations["jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitoring/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: job
         * @description Show one job.
         */
        get: operations["job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitoring/jobs/{job_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * resume: job
         * @description Have a job go on where it was.
         */
        post: operations["job_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitoring/jobs/{job_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * pause: job
         * @description Have a job wait.
         */
        post: operations["job_pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/detailed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: health
         * @description Show machine, components, strategies and jobs.
         */
        get: operations["health_detailed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: health
         * @description Show the machine and this process.
         */
        get: operations["health_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitoring/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: health
         * @description Show the machine and this process.
         */
        get: operations["system_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: health
         * @description Show what the checks found, newest first.
         */
        get: operations["health_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: health
         * @description List the measured series and what they were measured of.
         */
        get: operations["metric_names"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/series/{metric_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: health
         * @description Show one series, oldest first.
         */
        get: operations["metric_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: trend
         * @description Show every daily number of the last days with its trend, its interval and its forecast.
         */
        get: operations["trends"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trends/{metric_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: trend
         * @description Show one of them.
         */
        get: operations["trend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: audit trail
         * @description Show who operated, newest first.
         */
        get: operations["audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: audit trail
         * @description Check every row of the trail against the chain and the signed heads.
         */
        get: operations["audit_verify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: access log
         * @description Show who came in, who was refused, and what was changed about access; newest first.
         */
        get: operations["access_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checklists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: checklist
         * @description Show what was gone through and who confirmed it, newest first.
         */
        get: operations["checklists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checklists/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: checklist
         * @description List checklists under way, newest first.
         */
        get: operations["rounds_list"];
        put?: never;
        /**
         * start: checklist
         * @description Look at everything of one list now; the morning's sends a test alert and takes some seconds.
         */
        post: operations["round_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checklists/open/{checklist_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: checklist
         * @description Show one checklist under way.
         */
        get: operations["round_show"];
        put?: never;
        post?: never;
        /**
         * withdraw: checklist
         * @description Take a list back.
         */
        delete: operations["round_withdraw"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checklists/open/{checklist_id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * check: checklist
         * @description Say that an item was looked at.
         */
        post: operations["round_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checklists/open/{checklist_id}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * finish: checklist
         * @description Put a list on record, confirmed by who asks; refused while an item is not checked.
         */
        post: operations["round_finish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checklists/reviewed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * review: checklist
         * @description Record that the procedures were gone over.
         */
        post: operations["procedures_reviewed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * read: setting
         * @description Show the effective configuration of this server and where each value came from.
         */
        get: operations["settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description One sign-in, refusal or change of access. */
        AccessRow: {
            access_id: number;
            at: string;
            kind: string;
            who: string;
            source: string;
            detail: string;
        };
        AlertAck: {
            /** @default 1800 */
            length_s: number;
            /** @default false */
            done: boolean;
        };
        /** @description One alert with what came of it on every channel. */
        AlertRow: {
            alert_id: number;
            /** @example CRITICAL */
            severity: string;
            /** @example emergency */
            priority: string;
            category: string;
            message: string;
            event_type: string;
            event_at: string;
            event_id: string;
            symbol: string;
            delivered_to: string[];
            attempts: number;
            /** @description No channel has taken it and it has not been given up. */
            waiting: boolean;
            given_up: boolean;
            last_error: string;
            /** @description Why the alert policy did not tell it by itself; empty: it did. */
            withheld: string;
            acked_by: string;
            acked_at: string;
            /** @description Until then an acknowledged emergency is not repeated. */
            ack_until: string;
            done: boolean;
            /** @description When a later alert ended what an emergency told of; empty: it lasts, or nothing ends it. */
            ended_at: string;
        };
        AlertStats: {
            total: number;
            per_type: {
                [key: string]: number;
            };
            per_hour: {
                [key: string]: number;
            };
            per_weekday: {
                [key: string]: number;
            };
        };
        /** @description An alert, its deliveries, and why it came when it came. */
        AlertStory: {
            alert: components["schemas"]["AlertRow"];
            deliveries: components["schemas"]["AlertView"][];
            steps: {
                [key: string]: unknown;
            }[];
            text: string[];
        };
        /** @description One alert on one channel; ``sent_at`` empty = not delivered there. */
        AlertView: {
            alert_id: number;
            severity: string;
            priority: string;
            category: string;
            message: string;
            channel: string;
            sent_at: string;
            event_id: string;
            event_type: string;
            event_at: string;
            attempts: number;
            given_up: boolean;
            last_error: string;
        };
        /** @description ``healthy`` or ``degraded``; answered with 200 as long as the server lives. */
        Alive: {
            /** @enum {string} */
            status: "healthy" | "degraded";
            /** @example v1 */
            version: string;
            uptime_s: number;
            /** @enum {string} */
            guard: "running" | "silent";
            time: string;
        };
        /** @description The approval, what it risks, and what became of its order. */
        ApprovalStory: {
            approval: components["schemas"]["ApprovalView"];
            risk: components["schemas"]["Risk"];
            order?: {
                [key: string]: unknown;
            } | null;
        };
        /** @description One order put before a person. */
        ApprovalView: {
            /** @example A-1b2c3d4e */
            approval_id: string;
            /** @example pending */
            status: string;
            terms: components["schemas"]["Terms"];
            /** @description Goes back with the approval: what was shown is what is approved. */
            order_hash: string;
            proposed_by: string;
            proposed_at: string;
            decided_by: string;
            decided_at: string;
            expires_at: string;
            used_at: string;
            intent_id: string;
            note: string;
        };
        /** @description With quantity and price the order is placed at once; without it waits for ``place``. */
        Approve: {
            order_hash: string;
            quantity?: number | null;
            limit_price?: number | null;
        };
        /** @description Whether every row is as it was written. */
        AuditVerdict: {
            ok: boolean;
            rows: number;
            head: string;
            signed: number;
            /** @default  */
            finding: string;
            checked_at: string;
        };
        AuditView: {
            audit_id: number;
            event_type: string;
            actor: string;
            event_ts: string;
            details: {
                [key: string]: unknown;
            };
            event_id: string;
            correlation_id: string;
        };
        /** @description One minute of the regular session; a minute without trades is not there. */
        Bar: {
            /** @description When it began, UTC. */
            at: string;
            open: number;
            high: number;
            low: number;
            close: number;
            volume: number;
            /** @description False: the line did not stand all through it, or the guard began in it. */
            whole: boolean;
        };
        Catalogue: {
            items: components["schemas"]["CatalogueRow"][];
        };
        /** @description What one type of event means to people: how bad, when it comes, what to look at and do. */
        CatalogueRow: {
            event_type: string;
            /** @example OPS-01 */
            area: string;
            severity: string;
            priority: string;
            /** @enum {string} */
            delivery: "at_once" | "batch" | "closing" | "log";
            condition: string;
            /**
             * @description The command that shows it.
             * @example hantu monitor status
             */
            check: string;
            action: string;
            /**
             * @description Page of docs/runbooks.
             * @example connection
             */
            runbook: string;
            /** @description What it stops, in words; empty: nothing. */
            stops: string;
            ends: string[];
        };
        Chain: {
            items: components["schemas"]["ChainStep"][];
        };
        /** @description One step of a flow and whom it was told. */
        ChainStep: {
            event_id: string;
            event_type: string;
            timestamp: string;
            correlation_id: string;
            causation_id: string;
            payload: {
                [key: string]: unknown;
            };
            alerts: components["schemas"]["AlertView"][];
        };
        /** @description A time in which nobody saw the price, or nobody might trade; ``until`` empty: it lasts. */
        ChartGap: {
            /** @enum {string} */
            kind: "cut" | "blind" | "sleep" | "stopped" | "restart" | "halt";
            since: string;
            until: string;
            reason: string;
        };
        /** @description One point: ``fill`` (one execution), ``order`` (an intent), ``exit`` (complete) and what led there. */
        ChartMark: {
            at: string;
            /** @enum {string} */
            kind: "fill" | "order" | "exit" | "stop_reached" | "target_reached" | "held_back" | "simulated" | "refused" | "failed" | "unresolved" | "foreign_fill" | "price_rejected" | "opportunity";
            /**
             * @default
             * @enum {string}
             */
            side: "" | "buy" | "sell";
            price?: number | null;
            quantity?: number | null;
            /** @default  */
            text: string;
            /** @description Of an exit, after fees and tax. */
            pnl?: number | null;
            intent_id?: string | null;
            event_id: string;
        };
        /** @description One stock on one Korean day, everything oldest first; times are UTC. */
        ChartView: {
            symbol: string;
            name: string;
            day: string;
            bar_s: number;
            bars: components["schemas"]["Bar"][];
            levels: components["schemas"]["LevelStep"][];
            marks: components["schemas"]["ChartMark"][];
            gaps: components["schemas"]["ChartGap"][];
            /** @description The newest price a running guard has; the minute of it is not over. */
            price?: number | null;
            price_age_s?: number | null;
            /** @description More happened than an answer holds; the oldest are shown. */
            truncated: boolean;
        };
        ChecklistRun: {
            run_id: number;
            kind: string;
            run_at: string;
            result: string;
            items: {
                [key: string]: unknown;
            }[];
            actor: string;
            confirmed_by: string;
            note: string;
        };
        ChecklistRuns: {
            items: components["schemas"]["ChecklistRun"][];
        };
        ClientAdd: {
            /** @example momentum-bot */
            name: string;
            /**
             * @example [
             *       "read",
             *       "propose"
             *     ]
             */
            scopes: components["schemas"]["Scope"][];
        };
        /** @description The token is shown this once; send it as ``Authorization: Bearer``. */
        ClientAdded: {
            client: components["schemas"]["ClientRow"];
            token: string;
        };
        ClientList: {
            items: components["schemas"]["ClientRow"][];
        };
        ClientRow: {
            client_id: string;
            name: string;
            scopes: components["schemas"]["Scope"][];
            created_at: string;
            created_by: string;
            last_seen_at: string;
            revoked_at: string;
        };
        Decided: {
            approval: components["schemas"]["ApprovalView"];
            placed?: components["schemas"]["OrderOutcome"] | null;
        };
        Detailed: {
            /** @enum {string} */
            status: "healthy" | "degraded";
            version: string;
            uptime: components["schemas"]["Uptime"];
            system: components["schemas"]["MachineView"];
            strategies: components["schemas"]["StrategyCount"];
            jobs: components["schemas"]["JobCount"];
            /** @default {} */
            components: {
                [key: string]: unknown;
            };
        };
        /** @description What became of a wish: ``asked`` (noted, not confirmed), ``taken`` (in force), ``done``. */
        Done: {
            /**
             * @description asked, taken or done
             * @example taken
             */
            status: string;
            /**
             * @default
             * @example 감시가 반영했습니다.
             */
            message: string;
        };
        /** @description Recovery codes; they are shown this once. */
        Enrolled: {
            user: string;
            recovery_codes: string[];
        };
        /** @description The one-time code that the console or an administrator gave. */
        EnrolmentBegin: {
            /** @example kim */
            user: string;
            enrolment_code: string;
        };
        /** @description A password of 15 characters or more, and the first code of the authenticator. */
        EnrolmentComplete: {
            user: string;
            enrolment_code: string;
            password: string;
            code: string;
        };
        /** @description The secret for the authenticator; shown again until the enrolment is complete. */
        EnrolmentOffer: {
            user: string;
            role: components["schemas"]["Role"];
            /** @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP */
            secret: string;
            /** @example otpauth://totp/hantu:kim?secret=JBSWY3DPEHPK3PXP&issuer=hantu */
            otpauth_uri: string;
            expires_at: string;
        };
        /** @description What every refusal and every failure looks like. */
        ErrorBody: {
            /**
             * @description Stable word for programs.
             * @example step_up_required
             */
            code: string;
            /**
             * @description A sentence for people.
             * @example 인증 앱의 새 코드가 필요합니다.
             */
            message: string;
            /** @example r1b2c3d4e5f60718293a4 */
            request_id: string;
            /**
             * @description UTC.
             * @example 2026-11-23 00:12:45.123456
             */
            time: string;
            fields?: components["schemas"]["FieldProblem"][];
            /**
             * @default
             * @example 인증 앱에서 새 코드를 확인하세요.
             */
            next_step: string;
        };
        /** @description One fact; ``event_id`` sorts in the order of recording. */
        EventView: {
            event_id: string;
            event_type: string;
            timestamp: string;
            payload: {
                [key: string]: unknown;
            };
            produced_by: string;
            correlation_id: string;
            causation_id: string;
            environment: string;
            account: string;
            category: string;
        };
        ExitList: {
            items: components["schemas"]["ExitView"][];
        };
        /** @description One exit from the trade that triggered it to its last fill; empty = not yet. */
        ExitView: {
            flow: string;
            symbol: string;
            name: string;
            purpose: string;
            basis: string;
            level: number;
            trigger_price: number;
            traded_at: string;
            received_at: string;
            decided_at: string;
            sent_at: string;
            accepted_at: string;
            first_fill_at: string;
            last_fill_at: string;
            quantity: number;
            filled: number;
            average_fill_price: number;
            slippage: number;
            slippage_bps: number;
            attempts: number;
            pnl: number | null;
            return_rate: number | null;
        };
        /** @description One field of a request that cannot be used. */
        FieldProblem: {
            /** @example body.reason */
            field: string;
            /** @example Field required */
            problem: string;
        };
        FillView: {
            fill_id: number;
            event_id: string;
            trade_date: string;
            intent_id: string | null;
            order_no: string;
            symbol: string;
            name: string;
            side: string;
            quantity: number;
            price: number;
            cumulative: number;
            filled_at: string;
            received_at: string;
            source: string;
        };
        Flatten: {
            /** @example 전량 정리 */
            reason: string;
            /**
             * @description The word, typed by a person.
             * @constant
             */
            confirm: "flatten";
        };
        /** @description A pause after a second token call without an answer; ``resumed_at`` is empty while it lasts. */
        FlowPause: {
            paused_at: string;
            /** @example 502 Bad Gateway */
            cause: string;
            resumed_at: string;
            resumed_by: string;
            analysis: string;
        };
        FlowResume: {
            /** @example 감시 서버의 디스크가 가득 차 재시작이 되풀이됨. 비우고 다시 시작함 */
            analysis: string;
        };
        /** @description Whether orders by hand go: while ``pause`` is there, nothing is approved or placed. Exits are not part of it. */
        FlowView: {
            pause: components["schemas"]["FlowPause"] | null;
            /** @description Token calls without an answer in the last quarter of an hour; the second one pauses. */
            failures: number;
            /** @description The newest pause that ended. */
            last: components["schemas"]["FlowPause"] | null;
        };
        HealthRow: {
            component: string;
            status: string;
            checked_at: string;
            detail: string;
        };
        HealthRows: {
            items: components["schemas"]["HealthRow"][];
        };
        IncidentAck: {
            /** @default  */
            note: string;
        };
        IncidentAssign: {
            assignee: string;
        };
        IncidentClose: {
            summary: string;
        };
        IncidentDecide: {
            /** @enum {string} */
            decision: "hotfix" | "rollback" | "restart" | "observe" | "none";
            reason: string;
        };
        IncidentList: {
            items: components["schemas"]["IncidentView"][];
        };
        IncidentStory: {
            incident: components["schemas"]["IncidentView"];
            moments: components["schemas"]["Moment"][];
        };
        /** @description What needs a person until it is closed; empty text = not yet. */
        IncidentView: {
            incident_id: number;
            /**
             * @description open, acknowledged, escalated, decided or closed
             * @example open
             */
            state: string;
            cause: string;
            event_type: string;
            symbol: string;
            title: string;
            event_id: string;
            alert_id: number;
            correlation_id: string;
            opened_at: string;
            recorded_at: string;
            last_at: string;
            occurrences: number;
            assignee: string;
            acked_by: string;
            acked_at: string;
            escalated_at: string;
            decision: string;
            decided_by: string;
            decided_at: string;
            closed_by: string;
            closed_at: string;
            report: string;
        };
        JobCount: {
            total: number;
            running: number;
            paused: number;
            failed: number;
        };
        JobList: {
            total: number;
            running: number;
            paused: number;
            failed: number;
            items: components["schemas"]["JobView"][];
        };
        JobView: {
            job_id: string;
            /** @example paused */
            state: string;
            /** @default  */
            step: string;
            /** @default  */
            updated_at: string;
            /** @default {} */
            detail: {
                [key: string]: unknown;
            };
        };
        /** @description ``taken``: the guard follows. ``asked``: it did not answer, file and row were written, or a second person must say yes. */
        KillAnswer: {
            /** @enum {string} */
            status: "asked" | "taken";
            level: string;
            /**
             * @default []
             * @example [
             *       "guard"
             *     ]
             */
            doors: string[];
            /**
             * @description Waits for a second person.
             * @default
             */
            request_id: string;
            /** @default  */
            message: string;
            elapsed_ms?: number | null;
        };
        KillHistory: {
            items: components["schemas"]["KillRow"][];
        };
        KillRelease: {
            /** @example 원인 확인 완료 */
            reason: string;
            /**
             * @description Only paper and practice: on again by itself.
             * @default 0
             */
            release_s: number;
        };
        KillRow: {
            timestamp: string;
            level: string;
            reason: string;
            actor: string;
            automatic: boolean;
        };
        /** @description Nothing may stand in the way: a reason is welcome, not needed. */
        KillSet: {
            /**
             * @default active
             * @enum {string}
             */
            level: "active" | "hard";
            /**
             * @default
             * @example 시세 이상
             */
            reason: string;
        };
        /** @description The strictest of all doors; what cannot be read counts as ``active``. */
        KillView: {
            /** @enum {string} */
            level: "off" | "active" | "hard" | "flatten";
            /** @default  */
            reason: string;
            /** @default  */
            actor: string;
            /** @default  */
            timestamp: string;
            /** @default false */
            automatic: boolean;
            /** @default  */
            cause: string;
            /** @default  */
            release_until: string;
            /**
             * @description What stands in the way of a release, as sentences.
             * @default []
             */
            obstacles: string[];
            /**
             * @default {}
             * @example {
             *       "file": "none",
             *       "guard": "off",
             *       "row": "off"
             *     }
             */
            seen: {
                [key: string]: string;
            };
        };
        /** @description What holds from ``at`` until the next step; 0 = no level. */
        LevelStep: {
            at: string;
            stop_price: number;
            target_price: number;
            average_price: number;
            /**
             * @description before (what the day began with), bought, average_changed, trailing_stop_raised, position_closed …
             * @example before
             */
            reason: string;
        };
        /** @description Shares are between 0 and 1. */
        MachineView: {
            cpu: {
                [key: string]: number;
            };
            memory: {
                [key: string]: number;
            };
            disk: {
                [key: string]: number;
            };
        };
        MandateSign: {
            /**
             * @default {}
             * @example {
             *       "005930": 100
             *     }
             */
            limits: {
                [key: string]: number;
            };
        };
        /** @description The standing approval of exits. */
        MandateView: {
            in_force: boolean;
            reason: string;
            /** @default  */
            mandate_id: string;
            /** @default  */
            signed_by: string;
            /** @default  */
            signed_at: string;
            /** @default 0 */
            uses: number;
            /** @default  */
            last_used_at: string;
        };
        MetricsView: {
            time: string;
            system: components["schemas"]["MachineView"];
            process: {
                [key: string]: number;
            };
        };
        /** @description One line of the time line; ``source`` is fact, ended, kill, recovery, alert, ack or person. */
        Moment: {
            at: string;
            source: string;
            kind: string;
            who: string;
            text: string;
            event_id: string;
            correlation_id: string;
        };
        /** @description What is known of the order, no more. ``unknown``: it may live; never send it again. */
        OrderOutcome: {
            /** @enum {string} */
            outcome: "accepted" | "refused" | "not_sent" | "unknown" | "asked" | "rejected";
            /** @default  */
            intent_id: string;
            /** @default  */
            order_no: string;
            /** @default  */
            code: string;
            /** @default  */
            reason: string;
            /** @default  */
            detail: string;
            /** @default  */
            hint: string;
        };
        /** @description One attempt at an order or cancel, with what the broker made of it. */
        OrderView: {
            intent_id: string;
            flow: string;
            kind: string;
            /** @example filled */
            state: string;
            /** @example 005930 */
            symbol: string;
            name: string;
            side: string;
            purpose: string;
            quantity: number;
            limit_price: number;
            filled: number;
            canceled: number;
            average_fill_price: number;
            order_no: string;
            branch_no: string;
            attempt: number;
            parent: string;
            code: string;
            reason: string;
            trade_date: string;
            recorded_at: string;
            sent_at: string;
            accepted_at: string;
            updated_at: string;
        };
        /** @description A trading day to come: it lies between ``low`` and ``high`` with 95 % probability if the line holds. */
        OutlookDay: {
            /** @description Trading days after the last one. */
            ahead: number;
            value: number;
            low: number;
            high: number;
        };
        Page_AccessRow_: {
            items: components["schemas"]["AccessRow"][];
            /**
             * @description Give it as `cursor` for what follows; empty: that was all.
             * @default
             */
            next_cursor: string;
        };
        Page_AlertRow_: {
            items: components["schemas"]["AlertRow"][];
            /**
             * @description Give it as `cursor` for what follows; empty: that was all.
             * @default
             */
            next_cursor: string;
        };
        Page_AlertView_: {
            items: components["schemas"]["AlertView"][];
            /**
             * @description Give it as `cursor` for what follows; empty: that was all.
             * @default
             */
            next_cursor: string;
        };
        Page_ApprovalView_: {
            items: components["schemas"]["ApprovalView"][];
            /**
             * @description Give it as `cursor` for what follows; empty: that was all.
             * @default
             */
            next_cursor: string;
        };
        Page_AuditView_: {
            items: components["schemas"]["AuditView"][];
            /**
             * @description Give it as `cursor` for what follows; empty: that was all.
             * @default
             */
            next_cursor: string;
        };
        Page_EventView_: {
            items: components["schemas"]["EventView"][];
            /**
             * @description Give it as `cursor` for what follows; empty: that was all.
             * @default
             */
            next_cursor: string;
        };
        Page_FillView_: {
            items: components["schemas"]["FillView"][];
            /**
             * @description Give it as `cursor` for what follows; empty: that was all.
             * @default
             */
            next_cursor: string;
        };
        Page_OrderView_: {
            items: components["schemas"]["OrderView"][];
            /**
             * @description Give it as `cursor` for what follows; empty: that was all.
             * @default
             */
            next_cursor: string;
        };
        /** @description A wish of one person that a second one has to confirm. */
        PairRequest: {
            request_id: string;
            /** @enum {string} */
            action: "release" | "flatten";
            level: string;
            reason: string;
            asked_by: string;
            asked_at: string;
            expires_at: string;
            /** @default 0 */
            release_s: number;
            /** @default  */
            confirmed_by: string;
            /**
             * @description waiting, confirmed, withdrawn, expired or failed
             * @example waiting
             */
            state: string;
        };
        PairRequests: {
            items: components["schemas"]["PairRequest"][];
        };
        /** @description What a device signed. */
        PasskeyAnswer: {
            credential_id: string;
            client_data: string;
            authenticator_data: string;
            signature: string;
            /** @default  */
            user_handle: string;
        };
        /** @description What a device is to sign; for one answer, soon. */
        PasskeyChallenge: {
            challenge: string;
            /**
             * @description The host name passkeys of this server are bound to.
             * @example localhost
             */
            rp_id: string;
            /**
             * @description Addresses of the dashboard under which a passkey answers.
             * @example [
             *       "http://localhost:8700"
             *     ]
             */
            origins: string[];
            timeout_s: number;
            /** @description Signing in: empty, the device knows. Before a risky wish: one's own keys. Registering: keys that are there already. */
            credential_ids: string[];
        };
        PasskeyList: {
            items: components["schemas"]["PasskeyRow"][];
        };
        /** @description A key that a device made, and what its owner calls it. */
        PasskeyNew: {
            /** @example 사무실 노트북 */
            name: string;
            credential_id: string;
            client_data: string;
            attestation_object: string;
        };
        /** @description What a device makes a new key of. */
        PasskeyOffer: {
            challenge: string;
            /**
             * @description The host name passkeys of this server are bound to.
             * @example localhost
             */
            rp_id: string;
            /**
             * @description Addresses of the dashboard under which a passkey answers.
             * @example [
             *       "http://localhost:8700"
             *     ]
             */
            origins: string[];
            timeout_s: number;
            /** @description Signing in: empty, the device knows. Before a risky wish: one's own keys. Registering: keys that are there already. */
            credential_ids: string[];
            user: string;
            /** @description Random; says nothing of the person. */
            user_handle: string;
            /**
             * @description COSE numbers, the best first.
             * @example [
             *       -7,
             *       -8,
             *       -257
             *     ]
             */
            algorithms: number[];
        };
        /** @description Stands for a code, once, within a minute, in this session: send it as ``X-Hantu-Code``. */
        PasskeyProof: {
            proof: string;
        };
        /** @description One of one's own passkeys. */
        PasskeyRow: {
            passkey_id: string;
            name: string;
            created_at: string;
            /** @description Empty: never. */
            last_used_at: string;
            /** @description Since when it lets nobody in, because its counter went back; empty: it does. */
            blocked_at: string;
            /** @description Kept by a service that copies it to other devices. */
            backed_up: boolean;
        };
        /** @description One stock, or all of them when none is named. */
        Pause: {
            /** @default  */
            symbol: string | "";
            /** @default  */
            reason: string;
        };
        Place: {
            quantity: number;
            limit_price: number;
        };
        PositionList: {
            items: components["schemas"]["PositionView"][];
        };
        /** @description One holding. ``source`` guard: live; records: as last written, the guard does not answer. */
        PositionView: {
            /** @example 005930 */
            symbol: string;
            /** @example 삼성전자 */
            name: string;
            quantity: number;
            average_price: number;
            cost?: number | null;
            price?: number | null;
            /** @description Seconds since the last trade was seen. */
            price_age_s?: number | null;
            stop_price: number;
            target_price: number;
            /** @default  */
            rule: string;
            /** @default true */
            guarded: boolean;
            /** @default false */
            trailing: boolean;
            to_stop_pct?: number | null;
            to_target_pct?: number | null;
            pnl?: number | null;
            return_rate?: number | null;
            /**
             * @default
             * @example guarded
             */
            state: string;
            order?: {
                [key: string]: unknown;
            } | null;
            /** @default  */
            held_since: string;
            /** @default  */
            updated_at: string;
            /**
             * @default guard
             * @enum {string}
             */
            source: "guard" | "records";
        };
        /** @description At most so many shares inside a price band (both ends included). */
        Propose: {
            /** @enum {string} */
            side: "buy" | "sell";
            /** @example 005930 */
            symbol: string;
            /** @example 10 */
            quantity: number;
            /** @example 70000 */
            price_low: number;
            /** @example 71000 */
            price_high: number;
            /**
             * @default
             * @example 지지선에서 반등, 점수 82
             */
            note: string;
        };
        /** @description What a person found out about an order nobody could find out about. */
        Resolve: {
            /** @enum {string} */
            verdict: "filled" | "absent" | "adopted";
            reason: string;
            /** @default  */
            order_no: string;
        };
        Reviewed: {
            /** @example 손절 절차 3단계를 고침 */
            note: string;
        };
        /** @description How many sessions have ended. */
        Revoked: {
            revoked: number;
        };
        /** @description What the order does at most: to this stock and to everything held, in won, before and after. */
        Risk: {
            quantity_before: number;
            quantity_after: number;
            /** @description Of this stock, at cost or at the last price known. */
            value_before: number;
            value_after: number;
            /** @description Of all stocks. */
            exposure_before: number;
            exposure_after: number;
            order_value_max: number;
            /** @description Of this stock after a purchase at the top of the band, at its stop. */
            loss_at_stop: number | null;
            /** @description Limits it would break, as sentences. */
            limits: string[];
        };
        /**
         * @description What a person is; administrators keep the house, operators act, viewers look.
         * @enum {string}
         */
        Role: "admin" | "operator" | "viewer";
        /** @description One item was looked at; ``checked`` false takes that back. */
        RoundCheck: {
            /** @example kill_switch */
            item: string;
            /** @default true */
            checked: boolean;
            /** @default  */
            note: string;
        };
        RoundDone: {
            /**
             * @default done
             * @constant
             */
            status: "done";
            /** @description Its number in `GET /checklists`. */
            run_id: number;
        };
        RoundFinish: {
            /** @default  */
            note: string;
        };
        /** @description One item as it was when the list was begun; ``how`` is the command or query that shows ``value``. */
        RoundItem: {
            name: string;
            title: string;
            /** @enum {string} */
            result: "ok" | "warn" | "fail";
            value: string;
            how: string;
            detail: string;
            number: number | null;
            checked: boolean;
            checked_by: string;
            checked_at: string;
            note: string;
        };
        RoundList: {
            items: components["schemas"]["RoundView"][];
        };
        RoundStart: {
            /** @enum {string} */
            kind: "daily" | "weekly" | "monthly" | "morning";
        };
        /** @description A checklist under way; it ends when it is finished, taken back, or a day old. */
        RoundView: {
            /** @example C-0123456789ab */
            checklist_id: string;
            /** @enum {string} */
            kind: "daily" | "weekly" | "monthly" | "morning";
            /**
             * @description The worst of its items.
             * @enum {string}
             */
            result: "ok" | "warn" | "fail";
            /** @enum {string} */
            state: "open" | "finished" | "withdrawn";
            started_by: string;
            started_at: string;
            items: components["schemas"]["RoundItem"][];
        };
        Sample: {
            at: string;
            value: number;
            label: string;
        };
        /**
         * @description What a program was allowed to do when its token was made; none of them releases or approves.
         * @enum {string}
         */
        Scope: "read" | "propose" | "acknowledge" | "kill";
        /** @description A stock of the day's watch list. */
        Selection: {
            symbol: string;
            name: string;
            score: number;
            support_price: number;
        };
        SelectionList: {
            items: components["schemas"]["Selection"][];
        };
        /** @description Oldest first; more than ``limit`` samples are thinned evenly in time by their mean. */
        Series: {
            name: string;
            items: components["schemas"]["Sample"][];
        };
        SeriesName: {
            name: string;
            labels: string[];
        };
        SeriesNames: {
            items: components["schemas"]["SeriesName"][];
        };
        SessionList: {
            items: components["schemas"]["SessionRow"][];
        };
        /** @description One of one's own sessions. */
        SessionRow: {
            session_id: string;
            created_at: string;
            last_seen_at: string;
            expires_at: string;
            source: string;
            agent: string;
            /** @default false */
            current: boolean;
        };
        /** @description Who is signed in; ``csrf`` goes back as ``X-Hantu-CSRF`` with everything that changes something. */
        SessionView: {
            /**
             * @default signed_in
             * @enum {string}
             */
            status: "signed_in" | "enrolment_required";
            /**
             * @default
             * @example kim
             */
            user: string;
            role?: components["schemas"]["Role"] | null;
            /**
             * @default person
             * @enum {string}
             */
            kind: "person" | "program";
            /** @default [] */
            scopes: components["schemas"]["Scope"][];
            /** @default  */
            csrf: string;
            /** @default  */
            session_id: string;
            /**
             * @default
             * @example 2026-11-23 08:00:00.000000
             */
            expires_at: string;
            /**
             * @description Ends after so many seconds without a request.
             * @default 0
             */
            idle_s: number;
            /**
             * @description Seconds until it ends if nobody uses it.
             * @default 0
             */
            idle_left_s: number;
            /**
             * @description Seconds until it ends however much it is used.
             * @default 0
             */
            left_s: number;
            /**
             * @description After a recovery code: enrol the authenticator anew with it.
             * @default
             */
            enrolment_code: string;
            /** @default 0 */
            recovery_codes_left: number;
            /**
             * @description Of one's own, that may be shown in the place of a code.
             * @default 0
             */
            passkeys: number;
        };
        SettingList: {
            items: components["schemas"]["SettingView"][];
        };
        /** @description One setting, secrets masked, and where its value came from. */
        SettingView: {
            /** @example guard.mode */
            name: string;
            value: string;
            source: string;
        };
        /** @description Name, password and either a code of the authenticator or one recovery code. */
        SignIn: {
            /** @example kim */
            user: string;
            /** @example correct horse battery staple */
            password: string;
            /** @example 123456 */
            code?: string | null;
            recovery_code?: string | null;
        };
        /** @description What shall not be told for a while; at least one field says what. */
        SilenceAdd: {
            /** @example 1800 */
            length_s: number;
            comment: string;
            /** @default  */
            event_type: string;
            /** @default  */
            symbol: string | "";
            /**
             * @default
             * @enum {string}
             */
            category: "" | "OPS-01" | "OPS-02" | "OPS-03" | "OPS-04" | "OPS-05" | "OPS-06";
            /**
             * @default
             * @enum {string}
             */
            priority: "" | "emergency" | "high" | "normal" | "low";
            /** @default false */
            emergency: boolean;
            /** @default false */
            maintenance: boolean;
        };
        SilenceList: {
            items: components["schemas"]["SilenceView"][];
        };
        SilenceMade: {
            silence_id: number;
        };
        SilenceView: {
            silence_id: number;
            event_type: string;
            symbol: string;
            category: string;
            priority: string;
            emergency: boolean;
            maintenance: boolean;
            author: string;
            comment: string;
            created_at: string;
            expires_at: string;
            active: boolean;
            muted: number;
        };
        /** @description The newest minutes of one holding, oldest first: when each began, and its last price. */
        Spark: {
            symbol: string;
            at: string[];
            prices: number[];
        };
        SparkList: {
            items: components["schemas"]["Spark"][];
        };
        /** @description Everything the first page shows. */
        StateView: {
            /** @description UTC of this server. */
            time: string;
            /** @description Whether a guard answers. */
            running: boolean;
            /** @description Seconds since the guard said it; None: never. */
            age_s?: number | null;
            safe: boolean;
            verdict: string;
            /** @default [] */
            dangers: string[];
            /** @default  */
            environment: string;
            /** @default  */
            account: string;
            /** @default  */
            mode: string;
            /** @default  */
            version: string;
            /**
             * @description Of market time, on the practice exchange.
             * @default 1
             */
            speed: number;
            /** @default  */
            state: string;
            /**
             * @description Korean time of the market.
             * @default
             */
            market_time: string;
            /**
             * @description A person stopped monitoring, and the market is open.
             * @default false
             */
            stopped: boolean;
            kill: components["schemas"]["KillView"];
            /** @default 0 */
            guarded: number;
            /** @default [] */
            unguarded: {
                [key: string]: unknown;
            }[];
            unprotected_s?: number | null;
            /** @default {} */
            connection: {
                [key: string]: unknown;
            };
            /** @default {} */
            subscriptions: {
                [key: string]: unknown;
            };
            /** @default {} */
            halted: {
                [key: string]: unknown;
            };
            /** @default {} */
            latency_ms: {
                [key: string]: number | null;
            };
            /** @default {} */
            notice_delay_ms: {
                [key: string]: number | null;
            };
            day_pnl?: number | null;
            exits_today?: number | null;
            /** @default [] */
            positions: components["schemas"]["PositionView"][];
            /** @default [] */
            needs_person: {
                [key: string]: unknown;
            }[];
            recovery?: {
                [key: string]: unknown;
            } | null;
            storage_ok?: boolean | null;
            /** @default {} */
            components: {
                [key: string]: unknown;
            };
            /** @default {} */
            counts: {
                [key: string]: number;
            };
            /** @default {} */
            alerts: {
                [key: string]: unknown;
            };
            /** @default [] */
            watch: {
                [key: string]: unknown;
            }[];
            /**
             * @default {
             *       "approvals": 0,
             *       "incidents": 0,
             *       "alerts_unsent": 0,
             *       "requests": 0
             *     }
             */
            waiting: components["schemas"]["Waiting"];
        };
        StrategyCount: {
            total_running: number;
            strategies: components["schemas"]["StrategyView"][];
        };
        /** @description ``total_running`` and the strategies as the documents name them. */
        StrategyList: {
            total_running: number;
            strategies: components["schemas"]["StrategyView"][];
        };
        /** @description One strategy under supervision. */
        StrategyView: {
            strategy_id: string;
            /** @example running */
            state: string;
            /** @default  */
            started_at: string;
            /** @default  */
            heartbeat_at: string;
            /** @default 0 */
            restarts: number;
            /** @default 0 */
            errors: number;
            /** @default  */
            last_error: string;
            /** @default  */
            last_error_at: string;
            /** @default {} */
            detail: {
                [key: string]: unknown;
            };
        };
        SummaryList: {
            items: components["schemas"]["SummaryView"][];
        };
        SummaryView: {
            trade_date: string;
            account: string;
            total_trades: number;
            wins: number;
            losses: number;
            total_pnl: number;
            average_win: number;
            average_loss: number;
            day_return: number;
            position_count: number;
            positions: string[];
            next_opening_at: string;
            unsaved: number;
            recorded_at: string;
        };
        Terms: {
            environment: string;
            account: string;
            symbol: string;
            side: string;
            quantity_max: number;
            price_low: number;
            price_high: number;
            venues: string[];
            order_type: string;
            purpose: string;
        };
        /** @description A straight line through the days; ``low`` and ``high`` bound the change a day with 95 % confidence. */
        TrendLine: {
            days: number;
            mean: number;
            /** @description Change a day. */
            slope: number;
            low: number;
            high: number;
            /** @description Whether the interval leaves out a level line. */
            moves: boolean;
        };
        TrendList: {
            items: components["schemas"]["TrendView"][];
        };
        /** @description One number a day, oldest first; without a trend there are fewer than ``days_min`` days. */
        TrendView: {
            /** @example rejections */
            name: string;
            title: string;
            unit: string;
            /** @description Korean days on which a guard was at work. */
            days: string[];
            values: number[];
            too_few: boolean;
            days_min: number;
            trend: components["schemas"]["TrendLine"] | null;
            forecast: components["schemas"]["OutlookDay"][];
            method: string;
        };
        TypeCount: {
            event_type: string;
            count: number;
            /** @default  */
            title: string;
        };
        TypeCounts: {
            items: components["schemas"]["TypeCount"][];
        };
        Uptime: {
            seconds: number;
            started_at: string;
        };
        UserAdd: {
            /** @example lee */
            name: string;
            role: components["schemas"]["Role"];
        };
        /** @description What shall be different; ``enrol`` asks for a new authenticator and password. */
        UserChange: {
            role?: components["schemas"]["Role"] | null;
            disabled?: boolean | null;
            /** @default false */
            enrol: boolean;
        };
        UserChanged: {
            user: components["schemas"]["UserRow"];
            /** @default  */
            enrolment_code: string;
            /** @default  */
            expires_at: string;
        };
        /** @description The person enrols with this code, once, before it expires. */
        UserInvited: {
            name: string;
            role: components["schemas"]["Role"];
            enrolment_code: string;
            expires_at: string;
        };
        UserList: {
            items: components["schemas"]["UserRow"][];
        };
        /** @description A person as administrators see them. */
        UserRow: {
            name: string;
            role: components["schemas"]["Role"];
            /**
             * @description invited, active or disabled
             * @example active
             */
            state: string;
            created_at: string;
            last_sign_in_at: string;
            sessions: number;
            recovery_codes_left: number;
        };
        /** @description What waits for a person. */
        Waiting: {
            /** @default 0 */
            approvals: number;
            /** @default 0 */
            incidents: number;
            /** @default 0 */
            alerts_unsent: number;
            /** @default 0 */
            requests: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
        };
    };
    enrolment_begin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrolmentBegin"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentOffer"];
                };
            };
        };
    };
    enrolment_complete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnrolmentComplete"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Enrolled"];
                };
            };
        };
    };
    session_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revoked"];
                };
            };
        };
    };
    passkey_challenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyChallenge"];
                };
            };
        };
    };
    passkey_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyAnswer"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    sessions_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
        };
    };
    sessions_revoke_all: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revoked"];
                };
            };
        };
    };
    session_revoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revoked"];
                };
            };
        };
    };
    passkeys_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyList"];
                };
            };
        };
    };
    passkey_register: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyNew"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyRow"];
                };
            };
        };
    };
    passkey_begin: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyOffer"];
                };
            };
        };
    };
    passkey_remove: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path: {
                passkey_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revoked"];
                };
            };
        };
    };
    step_up_begin: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyChallenge"];
                };
            };
        };
    };
    step_up_prove: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyAnswer"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyProof"];
                };
            };
        };
    };
    users_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
        };
    };
    user_add: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserAdd"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserInvited"];
                };
            };
        };
    };
    user_change: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserChanged"];
                };
            };
        };
    };
    user_sessions_revoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revoked"];
                };
            };
        };
    };
    clients_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientList"];
                };
            };
        };
    };
    client_add: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientAdd"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientAdded"];
                };
            };
        };
    };
    client_revoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path: {
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revoked"];
                };
            };
        };
    };
    state: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StateView"];
                };
            };
        };
    };
    stream: {
        parameters: {
            query?: {
                /** @description As Last-Event-ID, for who cannot set headers. */
                after?: string;
            };
            header?: {
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description state, fact, beat, reset and end */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    monitor_start: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    monitor_stop: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    monitor_restart: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    recovery_run: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    positions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionList"];
                };
            };
        };
    };
    position_sparks: {
        parameters: {
            query?: {
                minutes?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SparkList"];
                };
            };
        };
    };
    position: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionView"];
                };
            };
        };
    };
    position_chart: {
        parameters: {
            query?: {
                day?: string;
            };
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChartView"];
                };
            };
        };
    };
    killswitch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillView"];
                };
            };
        };
    };
    killswitch_set: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KillSet"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillAnswer"];
                };
            };
        };
    };
    killswitch_history: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillHistory"];
                };
            };
        };
    };
    killswitch_flatten: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Flatten"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillAnswer"];
                };
            };
        };
    };
    killswitch_release: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KillRelease"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillAnswer"];
                };
            };
        };
    };
    requests_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PairRequests"];
                };
            };
        };
    };
    request_confirm: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KillAnswer"];
                };
            };
        };
    };
    request_withdraw: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PairRequest"];
                };
            };
        };
    };
    orders: {
        parameters: {
            query?: {
                state?: string;
                symbol?: string;
                side?: "" | "buy" | "sell";
                day?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_OrderView_"];
                };
            };
        };
    };
    order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                intent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderView"];
                };
            };
        };
    };
    order_chain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                intent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chain"];
                };
            };
        };
    };
    orders_pause: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Pause"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    orders_resume: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Pause"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    order_resolve: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path: {
                intent_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Resolve"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    fills: {
        parameters: {
            query?: {
                symbol?: string;
                day?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FillView_"];
                };
            };
        };
    };
    exits: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExitList"];
                };
            };
        };
    };
    summaries: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SummaryList"];
                };
            };
        };
    };
    watchlist: {
        parameters: {
            query?: {
                day?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelectionList"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                type?: string;
                symbol?: string;
                category?: string;
                flow?: string;
                /** @description Of the type of event, as in the catalogue of alerts. */
                severity?: "" | "CRITICAL" | "WARN" | "INFO";
                q?: string;
                since?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_EventView_"];
                };
            };
        };
    };
    event_types: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TypeCounts"];
                };
            };
        };
    };
    events_export: {
        parameters: {
            query?: {
                format?: "csv" | "jsonl";
                type?: string;
                symbol?: string;
                category?: string;
                flow?: string;
                /** @description Of the type of event, as in the catalogue of alerts. */
                severity?: "" | "CRITICAL" | "WARN" | "INFO";
                q?: string;
                since?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; JSON lines on request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
        };
    };
    event: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventView"];
                };
            };
        };
    };
    chain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                any_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chain"];
                };
            };
        };
    };
    alerts: {
        parameters: {
            query?: {
                type?: string;
                priority?: "" | "emergency" | "high" | "normal" | "low";
                waiting?: boolean;
                since?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AlertRow_"];
                };
            };
        };
    };
    alert_stats: {
        parameters: {
            query?: {
                since?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertStats"];
                };
            };
        };
    };
    alert_catalogue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Catalogue"];
                };
            };
        };
    };
    silences: {
        parameters: {
            query?: {
                every?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SilenceList"];
                };
            };
        };
    };
    silence_add: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SilenceAdd"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SilenceMade"];
                };
            };
        };
    };
    silence_end: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path: {
                silence_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    deliveries: {
        parameters: {
            query?: {
                channel?: string;
                failed?: boolean;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AlertView_"];
                };
            };
        };
    };
    alert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alert_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertStory"];
                };
            };
        };
    };
    alert_ack: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path: {
                alert_id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AlertAck"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    incidents: {
        parameters: {
            query?: {
                every?: boolean;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentList"];
                };
            };
        };
    };
    incident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentStory"];
                };
            };
        };
    };
    incident_ack: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["IncidentAck"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentView"];
                };
            };
        };
    };
    incident_assign: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IncidentAssign"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentView"];
                };
            };
        };
    };
    incident_decide: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IncidentDecide"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentView"];
                };
            };
        };
    };
    incident_close: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IncidentClose"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentView"];
                };
            };
        };
    };
    approvals: {
        parameters: {
            query?: {
                status?: "" | "pending" | "approved" | "denied" | "used" | "expired";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ApprovalView_"];
                };
            };
        };
    };
    approval_propose: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Propose"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalView"];
                };
            };
        };
    };
    flow_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowView"];
                };
            };
        };
    };
    flow_resume: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowResume"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowView"];
                };
            };
        };
    };
    mandate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MandateView"];
                };
            };
        };
    };
    mandate_sign: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MandateSign"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MandateView"];
                };
            };
        };
    };
    mandate_revoke: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MandateView"];
                };
            };
        };
    };
    approval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                approval_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalStory"];
                };
            };
        };
    };
    approval_approve: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
                /** @description A code of the authenticator that was not used before, or the proof of a passkey (`POST /passkeys/proof`). */
                "X-Hantu-Code": string;
            };
            path: {
                approval_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Approve"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decided"];
                };
            };
        };
    };
    approval_deny: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path: {
                approval_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalView"];
                };
            };
        };
    };
    approval_place: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path: {
                approval_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Place"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderOutcome"];
                };
            };
        };
    };
    strategies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StrategyList"];
                };
            };
        };
    };
    strategy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                strategy_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StrategyView"];
                };
            };
        };
    };
    strategy_start: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path: {
                strategy_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    strategy_stop: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path: {
                strategy_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    jobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
        };
    };
    job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
        };
    };
    job_resume: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    job_pause: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    health_detailed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detailed"];
                };
            };
        };
    };
    health_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetricsView"];
                };
            };
        };
    };
    system_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetricsView"];
                };
            };
        };
    };
    health_history: {
        parameters: {
            query?: {
                component?: string;
                since?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthRows"];
                };
            };
        };
    };
    metric_names: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesNames"];
                };
            };
        };
    };
    metric_history: {
        parameters: {
            query?: {
                label?: string;
                since?: string;
                limit?: number;
            };
            header?: never;
            path: {
                metric_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
        };
    };
    trends: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrendList"];
                };
            };
        };
    };
    trend: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: never;
            path: {
                metric_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrendView"];
                };
            };
        };
    };
    audit: {
        parameters: {
            query?: {
                actor?: string;
                type?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditView_"];
                };
            };
        };
    };
    audit_verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerdict"];
                };
            };
        };
    };
    access_log: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AccessRow_"];
                };
            };
        };
    };
    checklists: {
        parameters: {
            query?: {
                kind?: "" | "daily" | "weekly" | "monthly" | "morning";
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChecklistRuns"];
                };
            };
        };
    };
    rounds_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundList"];
                };
            };
        };
    };
    round_start: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoundStart"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundView"];
                };
            };
        };
    };
    round_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                checklist_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundView"];
                };
            };
        };
    };
    round_withdraw: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
            };
            path: {
                checklist_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    round_check: {
        parameters: {
            query?: never;
            header?: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key"?: string;
            };
            path: {
                checklist_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoundCheck"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundView"];
                };
            };
        };
    };
    round_finish: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path: {
                checklist_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoundFinish"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoundDone"];
                };
            };
        };
    };
    procedures_reviewed: {
        parameters: {
            query?: never;
            header: {
                /** @description From `GET /session`; browsers only. */
                "X-Hantu-CSRF"?: string;
                /** @description New for each press; the same when the same press is sent again. */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reviewed"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Done"];
                };
            };
        };
    };
    settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingList"];
                };
            };
        };
    };
}
